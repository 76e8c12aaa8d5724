// The live risk graph. Its feed is a WebSocket that carries what `kcat -C -J` prints: one envelope a line, first of the
// recent history, with the JSON of a risk record as its payload: {"score":"28.5","birthYear":"1963",…}.
'use strict';

const $ = id => document.getElementById(id);
const whole = new Intl.NumberFormat('en');
const twoDigits = { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: 'exceptZero' };
const decimal = new Intl.NumberFormat('en', twoDigits);
const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const signed = number => decimal.format(number).replace('-', '−');
const word = text => ({ '+': 'faster', '−': 'slower' })[text[0]] || 'unchanged';
const plural = (count, thing) => `${whole.format(count)} ${thing}${count === 1 ? '' : 's'}`;
const say = (element, text) => element.textContent === text || (element.textContent = text);

const MOST_RECORDS = 1e6; // are kept, the newest
const MOST_POINTS = 3000; // are drawn one by one; of more, those at the same spot are one point,
const SHADES = ['28', '50', '70', '90', 'b8']; // the darker the more they are

let records = []; // { x: birth year, y: score, time }
let sorted = true; // by time, which partitions that arrive interleaved are not
let latest = 0;
let ignored = 0;

// The record in an envelope; throws where there is no score of anybody who can be alive.
function assessment(line) {
	const { payload, ts } = JSON.parse(line);
	const { birthYear, score } = JSON.parse(payload);
	const x = /^\d{4}$/.test(birthYear) ? Number(birthYear) : NaN;
	const y = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(score) ? Number(score) : NaN;
	if (!(x >= 1850 && x <= new Date().getFullYear() && Math.abs(y) <= 1e6)) throw new RangeError(payload);
	return { x, y, time: ts > 0 ? ts : Date.now() };
}

function take(line) {
	try {
		const record = assessment(line);
		records.push(record);
		sorted &&= record.time >= latest;
		latest = Math.max(latest, record.time);
	} catch {
		ignored++;
	}
}

const choice = () => document.querySelector('input[name=window]:checked').value;

function chosen(window) {
	if (!sorted) records.sort((a, b) => a.time - b.time);
	sorted = true;
	if (window === 'all') return records.slice();
	if (window !== '15m') return records.slice(-window);
	const since = Date.now() - 15 * 60_000;
	return records.filter(({ time }) => time >= since);
}

// Sums are in ten-thousandths, hence exact, and a mean is right to its second digit, halves away from zero.
const meanOf = (sum, count) => (Math.sign(sum) * Math.round(Math.abs(sum) / (100 * count))) / 100;
function byYear(view) {
	const years = new Map();
	for (const { x, y } of view) {
		const year = years.get(x) || years.set(x, { x, sum: 0, count: 0 }).get(x);
		year.sum += Math.round(y * 1e4);
		year.count++;
	}
	return [...years.values()].sort((a, b) => a.x - b.x).map(year => ({ ...year, y: meanOf(year.sum, year.count) }));
}

function spots(view) {
	if (view.length <= MOST_POINTS) return view;
	const [low, high] = view.reduce(([low, high], { y }) => [Math.min(low, y), Math.max(high, y)], [0, 0]);
	const at = new Map();
	for (const { x, y } of view) {
		const key = x * 1000 + Math.round((y / (high - low || 1)) * 120);
		if (at.has(key)) at.get(key).count++;
		else at.set(key, { x, y, count: 1 });
	}
	return [...at.values()];
}

const theme = {};
function readTheme() {
	const style = getComputedStyle(document.documentElement);
	for (const name of ['card', 'ink', 'soft', 'grid', 'faster', 'slower', 'dot', 'count'])
		theme[name] = style.getPropertyValue(`--${name}`);
}

// The zero line, and what above and below it mean.
const sides = {
	id: 'sides',
	beforeDatasetsDraw({ ctx, chartArea: { left, right }, scales: { score } }) {
		const zero = Math.round(score.getPixelForValue(0));
		const paint = (color, alpha, top, height) => {
			Object.assign(ctx, { globalAlpha: alpha, fillStyle: color });
			ctx.fillRect(left, top, right - left, height);
		};
		paint(theme.faster, 0.05, score.top, zero - score.top);
		paint(theme.slower, 0.05, zero, score.bottom - zero);
		paint(theme.soft, 1, zero - 0.5, 1);
		ctx.font = `600 12px ${Chart.defaults.font.family}`;
		ctx.fillStyle = theme.faster;
		ctx.fillText('▲ walk became faster', left, score.top - 9);
		ctx.fillStyle = theme.slower;
		ctx.fillText('▼ walk became slower', left, score.bottom + 17);
	},
};

function newChart() {
	Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
	const grid = { color: () => theme.grid, drawBorder: false, drawTicks: false };
	const callback = value => whole.format(value).replace('-', '−');
	const ticks = { color: () => theme.soft, padding: 8, precision: 0, callback };
	const panel = { axis: 'y', type: 'linear', stack: 'panels', grid, ticks }; // one above the other, drawn from below
	const bar = { type: 'bar', data: [], grouped: false, barPercentage: 0.72, categoryPercentage: 1, maxBarThickness: 22 };
	const dot = { data: [], yAxisID: 'score' };
	const means = { label: 'means', order: 3, borderRadius: 2, yAxisID: 'score', ...bar };
	return new Chart($('graph'), {
		type: 'scatter',
		plugins: [sides],
		data: {
			datasets: [
				means,
				{ label: 'counts', order: 4, yAxisID: 'count', ...bar },
				{ label: 'newest', order: 0, ...dot, radius: 6, borderWidth: 2.5, backgroundColor: 'transparent' },
				...SHADES.map(() => ({ label: 'points', order: 2, ...dot })),
			],
		},
		options: {
			animation: false,
			parsing: false,
			maintainAspectRatio: false,
			layout: { padding: { top: 24 } },
			interaction: { mode: 'nearest', axis: 'x', intersect: false },
			scales: {
				x: { offset: false, grid: { display: false }, ticks: { ...ticks, includeBounds: false, callback: String } },
				count: { ...panel, stackWeight: 1, beginAtZero: true, suggestedMax: 4, ticks: { ...ticks, maxTicksLimit: 3 } },
				gap: { ...panel, stackWeight: 0.45, display: false },
				score: { ...panel, stackWeight: 5, suggestedMin: -10, suggestedMax: 10 },
			},
			plugins: {
				legend: { display: false },
				tooltip: {
					displayColors: false,
					filter: ({ dataset }) => dataset === means,
					callbacks: {
						title: ([item]) => item && `Born ${item.raw.x}`,
						label: ({ raw }) => [`mean score ${signed(raw.y)}`, plural(raw.count, 'assessment')],
					},
				},
			},
		},
	});
}

function draw() {
	readTheme();
	const view = chosen(choice());
	const years = byYear(view);
	const points = spots(view);
	const many = points !== view;
	const [means, counts, newest, ...dots] = chart.data.datasets;
	const level = ({ count }) => (many ? Math.min(SHADES.length - 1, Math.floor(Math.log2(count) / 2)) : 3);
	dots.forEach((shade, i) => Object.assign(shade, {
		data: points.filter(point => level(point) === i), backgroundColor: theme.dot + SHADES[i],
		borderColor: theme.card, borderWidth: many ? 0 : 0.75, radius: view.length <= 300 ? 4.5 : 3,
	}));
	const sides = years.map(({ y }) => (y < 0 ? theme.slower : theme.faster) + (many ? 'd0' : '80'));
	Object.assign(means, { data: years, backgroundColor: sides, order: many ? 1 : 3 });
	Object.assign(counts, { data: years.map(({ x, count }) => ({ x, y: count })), backgroundColor: theme.count });
	Object.assign(newest, { data: view.slice(-1), borderColor: theme.ink });
	const [first, last] = years.length ? [years[0].x, years.at(-1).x] : [1940, 2000];
	const margin = Math.max(1, Math.ceil((12 - (last - first)) / 2));
	Object.assign(chart.options.scales.x, { min: first - margin, max: last + margin });
	chart.update();
	tell(view, years, many);
}

function tell(view, years, thin) {
	const mean = view.length ? signed(meanOf(years.reduce((sum, year) => sum + year.sum, 0), view.length)) : '';
	say($('shown'), whole.format(view.length));
	say($('of'), view.length < records.length ? `of ${whole.format(records.length)}` : '');
	say($('mean'), mean || '–');
	say($('word'), mean && word(mean));
	$('word').className = mean && word(mean);
	say($('since'), view.length ? `Since ${moment.format(view[0].time)}.` : '');
	say($('thin'), thin ? 'Where dots would cover each other, one stands for all: the stronger, the more.' : '');
	say($('ignored'), ignored ? `${plural(ignored, 'record')} ignored: not an assessment.` : '');
	$('empty').hidden = view.length > 0;
	say($('empty-title'), records.length ? 'None in the last 15 minutes' : 'No assessments yet');
	say($('empty-text'), records.length ? 'Choose another window for earlier ones.' : 'Each appears here once it is recorded.');
	tellAge();
	const { rows } = $('years');
	while (rows.length > years.length) $('years').deleteRow(-1);
	years.forEach(({ x, y, count }, i) => {
		if (!rows[i]) $('years').insertRow().innerHTML = '<th scope="row"></th><td></td><td></td><td></td>';
		const text = [String(x), whole.format(count), signed(y), word(signed(y))];
		text.forEach((value, column) => say(rows[i].cells[column], value));
		rows[i].cells[3].className = text[3];
	});
}

function tellAge() {
	if (!records.length) return say($('last'), '–');
	const seconds = (Date.now() - latest) / 1000;
	const [size, unit] = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']].find(([size]) => seconds >= size) || [];
	say($('last'), size ? `${whole.format(Math.floor(seconds / size))} ${unit} ago` : 'just now');
}

// Draws at most once a frame, and then rests twice as long as that took, so that the page always answers.
let [due, rest] = [false, 0];
function changed() {
	if (due) return;
	due = true;
	setTimeout(requestAnimationFrame, rest, start => {
		due = false;
		draw();
		rest = Math.max(0, 2 * (performance.now() - start) - 16);
	});
}

function state(name, text, more = '') {
	$('state').dataset.name = name;
	say($('state-text'), text);
	say($('state-more'), more);
}

let tries = 0;
function connect() {
	const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/feed`);
	const utf8 = new TextDecoder();
	let partial = null;
	socket.binaryType = 'arraybuffer';
	socket.onopen = () => state('waiting', 'Waiting for records');
	socket.onmessage = ({ data }) => {
		if (partial === null) { // a feed starts with the history: so does the page, and nothing counts twice
			records = [];
			partial = '';
			latest = ignored = tries = 0;
			state('live', 'Live');
		}
		const lines = (partial + utf8.decode(data, { stream: true })).split('\n');
		partial = lines.pop();
		lines.forEach(take);
		if (records.length > MOST_RECORDS) records = chosen('all').slice(-0.9 * MOST_RECORDS);
		changed();
	};
	socket.onclose = () => reconnect(Math.min(10, 2 ** tries++));
}

function reconnect(seconds) {
	if (!seconds) return connect();
	state('lost', 'Connection lost', `trying again in ${seconds} s`);
	setTimeout(reconnect, 1000, seconds - 1);
}

const chart = newChart();
matchMedia('(prefers-color-scheme: dark)').onchange = changed;
for (const input of document.querySelectorAll('input')) input.checked ||= location.hash === `#${input.value}`;
document.querySelector('fieldset').onchange = () => {
	history.replaceState(null, '', `#${choice()}`);
	changed();
};
setInterval(() => (choice() === '15m' ? changed() : tellAge()), 1000);
draw();
connect();
