// The live risk graph. Its feed is a WebSocket that carries what `kcat -C -J` prints: one envelope a line, first of the
// recent history, with the JSON of a risk record as its payload: {"score":"28.5","birthYear":"1963",…}. Before them come
// lines that say how the feed is, such as {"feed":"waiting","why":"waiting for the broker at localhost:9092"}.
'use strict';

const $ = id => document.getElementById(id);
const whole = new Intl.NumberFormat('en');
const decimal = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: 'exceptZero' });
const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const signed = number => `${decimal.format(number).replace('-', '−')} s`;
const word = mean => (Math.abs(mean) < 0.1 ? 'unchanged' : mean > 0 ? 'faster' : 'slower');
const plural = (count, thing) => `${whole.format(count)} ${thing}${count === 1 ? '' : 's'}`;
const tick = value => `${value > 0 ? '+' : ''}${whole.format(value).replace('-', '−')}${value ? ' s' : ''}`;
const sentence = text => `${text[0].toUpperCase()}${text.slice(1)}.`;
const clamp = (number, low, high) => Math.min(high, Math.max(low, number));
const say = (id, text) => $(id).textContent === text || ($(id).textContent = text);

const MOST_RECORDS = 1e6; // are kept, the newest
const FEW = 5; // assessments of a year, of fewer than which the mean is drawn faintly
const SPOT = 4; // pixels: dots of a year within them would cover each other, and are one, darker one

// The records, the newest of them: { x: birth year, y: score, time, position of its event }
let records = [];
let sorted = true; // by time, which partitions that arrive interleaved are not
let seen = new Set(); // their positions
let [latest, ignored, repeats] = [0, 0, 0];

function take(line) {
	try {
		const { feed, why, payload, ts } = JSON.parse(line);
		if (feed) return told(feed, why);
		const { birthYear, score, position } = JSON.parse(payload);
		const x = /^\d{4}$/.test(birthYear) ? Number(birthYear) : NaN;
		const y = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(score) ? Number(score) : NaN;
		const time = ts > 0 ? ts : Date.now();
		// who can be alive, and has a score
		if (!(x >= 1850 && x <= new Date().getFullYear() && Math.abs(y) <= 1e6)) throw new RangeError(score);
		if (position && seen.has(position)) return repeats++;
		seen.add(position);
		records.push({ x, y, time, position });
		sorted &&= time >= latest;
		latest = Math.max(latest, time);
	} catch {
		ignored++;
	}
}

function forgetOldest() {
	records = chosen('all').slice(-0.9 * MOST_RECORDS);
	seen = new Set(records.map(({ position }) => position));
}

function chosen(window) {
	if (!sorted) records.sort((a, b) => a.time - b.time);
	sorted = true;
	const since = Date.now() - 15 * 60_000;
	if (window === '15m') return records.filter(({ time }) => time >= since);
	return window === 'all' ? records : records.slice(-window);
}

// Sums are in ten-thousandths, hence exact, and a mean is right to its second digit, halves away from zero.
const meanOf = (sum, count) => (Math.sign(sum) * Math.round(Math.abs(sum) / (100 * count))) / 100;
function yearOf([x, of]) {
	const scores = Float64Array.from(of, ({ y }) => y).sort();
	const [count, low, high] = [scores.length, scores[0], scores.at(-1)];
	const sum = scores.reduce((sum, y) => sum + Math.round(y * 1e4), 0);
	const squares = scores.reduce((squares, y) => squares + (y - sum / count / 1e4) ** 2, 0);
	return { x, y: meanOf(sum, count), error: Math.sqrt(squares / Math.max(1, count - 1) / count), count, low, high, sum };
}

// The plot
let years = []; // { x: birth year, y: mean of its scores, its standard error, count, low, high }
let spots = []; // { x, y, count } of scores that share a dot
let range = {}; // of scores that are shown, between two lines of the grid
let px, py; // pixels of a birth year and of a score
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 10, 10, 28]; // pixels around the plot, for its labels
const inside = ({ y }) => y >= range.min && y <= range.max;

// What the plot shows of the scores: all but those that would flatten the others.
function rangeOf(view, height) {
	const scores = Float64Array.from(view, ({ y }) => y).sort();
	const [low, high] = [0.25, 0.75].map(share => scores[Math.floor(share * scores.length)] || 0);
	const far = 4 * Math.max(2, high - low);
	const near = view.filter(({ y }) => y >= low - far && y <= high + far);
	const min = near.reduce((min, { y }) => Math.min(min, y), -5);
	const max = near.reduce((max, { y }) => Math.max(max, y), 5);
	const rough = (max - min) / clamp(height / 50, 3, 10);
	const step = [1, 2, 5, 10].map(n => n * 10 ** Math.floor(Math.log10(rough))).find(step => step >= rough);
	return { min: step * Math.floor(min / step), max: step * Math.ceil(max / step), step };
}

// Marks are strokes, as wide as style.css has them: a dot is one of no length.
const dot = ({ x, y }) => `M${px(x)},${py(y)}h0`;
const path = (name, list, shape = dot) => `<path class="${name}" d="${list.map(shape).join('')}"/>`;

// Beneath the marks: the sides of faster and slower, lines, labels, and the dots.
function groundOf({ min, max, step, first, last, between, right, bottom }) {
	const line = (name, to) => path(name, [to], String);
	const label = (name, x, y, text) => `<text class="${name}" x="${x}" y="${y}">${text}</text>`;
	let ground = line('ground faster', `M${LEFT},${TOP}H${right}V${py(0)}H${LEFT}`);
	ground += line('ground slower', `M${LEFT},${py(0)}H${right}V${bottom}H${LEFT}`);
	for (let y = min; y <= max; y += step)
		ground += line(y ? 'grid' : 'zero', `M${LEFT},${py(y)}H${right}`) + label('score', LEFT - 8, py(y) + 4, tick(y));
	for (let x = Math.ceil((first + 1) / between) * between; x < last; x += between) ground += label('year', px(x), bottom + 20, x);
	for (const shade of [0, 1, 2, 3, 4]) // by fours
		ground += path(`dots d${shade}`, spots.filter(({ count }) => Math.min(4, Math.floor(Math.log2(count) / 2)) === shade));
	return ground;
}

// Above the dots: means with their errors, what is beyond the plot, and the newest score.
function marksOf(newest, { min, max, bottom }) {
	const ends = (y, error) => [y - error, y + error].map(score => py(clamp(score, min, max)));
	const whisker = ({ x, y, error }) => (error ? `M${px(x)},${ends(y, error).join('V')}` : '');
	const edge = ({ x, y }) => (y > 0 ? `M${px(x) - 6},${TOP + 9}h12l-6,-9z` : `M${px(x) - 6},${bottom - 9}h12l-6,9z`);
	const ring = ({ x, y }) => `M${px(x) - 7},${py(clamp(y, min, max))}a7,7 0 1,1 0,.1z`;
	const shown = years.filter(inside);
	const kinds = Map.groupBy(years, year => `${inside(year) ? year.count < FEW ? 'few mean' : 'mean' : 'edge'} ${word(year.y)}`);
	let [errors, means] = ['', ''];
	for (const [name, of] of kinds) {
		means += path(name, of, name.startsWith('edge') ? edge : dot);
		if (!name.startsWith('edge')) errors += path(name.replace('mean', 'error'), of, whisker);
	}
	const beyond = shown.flatMap(({ x, low, high }) => [{ x, y: low }, { x, y: high }]).filter(score => !inside(score));
	return errors + path('halo', shown) + means + path('hole', shown.filter(({ count }) => count < FEW)) +
		path('edge', beyond, edge) + path('newest', newest, ring);
}

function draw() {
	const { width, height } = $('graph').getBoundingClientRect();
	const [right, bottom] = [width - RIGHT, height - BOTTOM];
	const view = chosen($('window').value);
	range = rangeOf(view, height);
	years = [...Map.groupBy(view, ({ x }) => x)].map(yearOf).sort((a, b) => a.x - b.x);
	const ends = years.length ? [years[0].x, years.at(-1).x] : [1940, 2000];
	const margin = Math.max(1, Math.ceil((12 - (ends[1] - ends[0])) / 2));
	const [first, last] = [ends[0] - margin, ends[1] + margin];
	const wide = (right - LEFT) / (last - first); // a year
	px = x => Math.round(10 * (LEFT + (x - first) * wide)) / 10;
	const high = (bottom - TOP) / (range.max - range.min); // a second
	py = y => Math.round(10 * (TOP + (range.max - y) * high)) / 10;
	const together = Map.groupBy(view.filter(inside), ({ x, y }) => x * 1e4 + Math.round(py(y) / SPOT));
	spots = [...together.values()].map(scores => ({ ...scores[0], count: scores.length }));
	const between = [1, 2, 5, 10, 20, 50].find(years => years * wide >= 44);
	$('ground').innerHTML = groundOf({ ...range, first, last, between, right, bottom });
	$('marks').innerHTML = marksOf(view.slice(-1), { ...range, bottom });
	$('graph').setAttribute('viewBox', `0 0 ${width} ${height}`);
	$('graph').style.setProperty('--year', clamp(wide, 7, 12));
	tell(view, view.length - spots.reduce((sum, { count }) => sum + count, 0));
	fill();
	light(lit);
}

function tell(view, outside) {
	const mean = view.length ? meanOf(years.reduce((sum, year) => sum + year.sum, 0), view.length) : NaN;
	say('shown', whole.format(view.length));
	say('of', view.length < records.length ? `of ${whole.format(records.length)}` : '');
	$('mean').innerHTML = view.length ? `${signed(mean)} <small class="${word(mean)}">${word(mean)}</small>` : '–';
	let note = view.length ? `Since ${moment.format(view[0].time)}.` : '';
	if (outside) note += ` ${plural(outside, 'score')} beyond the plot: ▲ ▼ at its edge.`;
	if (repeats) note += ` ${plural(repeats, 'repeat')} not counted.`;
	if (ignored) note += ` ${plural(ignored, 'record')} ignored: not an assessment.`;
	say('note', note);
	tellAge();
	tellState();
}

function tellAge() {
	const seconds = (Date.now() - latest) / 1000;
	const [size, unit] = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']].find(([size]) => seconds >= size) || [];
	say('last', !records.length ? '–' : size ? `${whole.format(Math.floor(seconds / size))} ${unit} ago` : 'just now');
}

// The table
let order = { by: 'x', sign: 1 };
const ordered = () => [...years].sort((a, b) => order.sign * (a[order.by] - b[order.by]) || a.x - b.x);

function fill() {
	const most = Math.max(...years.filter(inside).map(({ y }) => Math.abs(y))) || 1;
	$('years').innerHTML = ordered().map(({ x, y, count }) => `<tr><th scope="row">${x}<td>${whole.format(count)}
		<td>${signed(y).slice(0, -2)}<td><svg class="${word(y)}" viewBox="-1 0 2 1" preserveAspectRatio="none" role="img">
		<title>${word(y)}</title><path d="M0,0H${clamp(y / most, -1, 1)}V1H0"/></svg>`).join('');
}

function sort({ target }) {
	const { by } = target.dataset;
	if (!by) return;
	order = { by, sign: by === order.by ? -order.sign : 1 };
	for (const head of target.closest('tr').cells) head.removeAttribute('aria-sort');
	target.parentNode.setAttribute('aria-sort', order.sign > 0 ? 'ascending' : 'descending');
	draw();
}

// The year that is looked at: its dots, mean and row are lit together, and its figures stand at the mean.
let lit = null;
const about = ({ y, error, count, low, high }) => (count === 1
	? [`mean ${signed(y)}, ${word(y)}`, '1 assessment']
	: [`mean ${signed(y)} ± ${error.toFixed(2)}, ${word(y)}`, `${whole.format(count)} assessments,`,
		`from ${signed(low)} to ${signed(high)}`]);

function light(year) {
	lit = year;
	const of = years.find(({ x }) => x === year);
	const [graph, tip, table] = [$('graph'), $('tip'), $('table')];
	say('tip', of ? [`Born ${year}`, ...about(of)].join('\n') : '');
	$('lit').innerHTML = of ? path('band', [of], ({ x }) => `M${px(x)},${TOP}V${graph.clientHeight - BOTTOM}`) +
		path('dots', spots.filter(({ x }) => x === year)) + path('ring', [of]) : '';
	for (const row of $('years').rows) row.classList.toggle('lit', row.cells[0].textContent === String(year));
	if (of) {
		const top = clamp(py(of.y), TOP, graph.clientHeight - BOTTOM);
		tip.className = top > 120 ? 'above' : 'below';
		tip.style.top = `calc(1.25rem + ${top}px)`;
		tip.style.left = `${clamp(px(year), tip.offsetWidth / 2, graph.clientWidth - tip.offsetWidth / 2)}px`;
		const row = document.querySelector('tr.lit').offsetTop - table.scrollTop;
		if (row < 40 || row > table.clientHeight - 40) table.scrollTop += row - table.clientHeight / 2;
	}
	const values = { min: years[0]?.x ?? 0, max: years.at(-1)?.x ?? 0, now: year ?? years[0]?.x ?? 0 };
	for (const name in values) graph.setAttribute(`aria-value${name}`, values[name]);
	graph.setAttribute('aria-valuetext', of ? `Born ${year}: ${about(of).join(' ')}` : 'no year chosen');
}

const look = year => year === lit || light(year);

function lookAt({ clientX }) {
	const distance = ({ x }) => Math.abs(px(x) - clientX + $('graph').getBoundingClientRect().left);
	if (years.length) look(years.reduce((best, next) => (distance(next) < distance(best) ? next : best)).x);
}

function step(event, list, down) {
	const way = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -down, ArrowDown: down, Home: -1e4, End: 1e4 }[event.key];
	if (event.key === 'Escape') look(null);
	if (!way || !list.length) return;
	event.preventDefault();
	look(list[clamp(list.findIndex(({ x }) => x === lit) + way, 0, list.length - 1)].x);
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

// The feed: how it is, in a word, and what is said of that
let [state, tries] = [['waiting', 'Connecting', ''], 0];

function tellState() {
	const [name, title, text] = state;
	const shown = $('shown').textContent !== '0';
	const none = records.length
		? ['None in the last 15 minutes', 'Choose another window for earlier ones.']
		: ['No assessments yet', 'Each appears here once it is recorded.'];
	const notice = name !== 'live' ? [title, text] : shown ? ['', ''] : none;
	$('state').dataset.name = name;
	say('state', title);
	say('notice-title', notice[0]);
	say('notice-text', notice[1]);
	$('notice').className = shown ? 'over' : '';
}

const become = (...now) => { state = now; tellState(); };
function told(feed, why) {
	if (feed === 'waiting') return become(feed, 'Waiting for Kafka', sentence(why));
	if (feed === 'refused') return become(feed, 'Not served', `${sentence(why)} Trying again.`);
	[records, seen, latest, ignored, repeats, tries] = [[], new Set(), 0, 0, 0, 0]; // its history comes again
	become('live', 'Live');
}

function connect() {
	const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/feed`);
	const utf8 = new TextDecoder();
	let partial; // of a line
	socket.binaryType = 'arraybuffer';
	socket.onmessage = ({ data }) => {
		const lines = ((partial ?? '') + utf8.decode(data, { stream: true })).split('\n');
		partial = lines.pop();
		lines.forEach(take);
		if (records.length > MOST_RECORDS) forgetOldest();
		changed();
	};
	socket.onclose = () => {
		const text = records.length ? 'What is shown came before.' : 'The server does not answer.';
		if (state[0] !== 'refused' || partial === undefined) become('lost', 'Connection lost', `${text} Trying again.`);
		setTimeout(connect, 1000 * Math.min(10, 2 ** tries++));
	};
}

// The viewer
new ResizeObserver(changed).observe($('graph'));
for (const option of $('window')) option.selected ||= location.hash === `#${option.value}`;
$('window').onchange = () => {
	history.replaceState(null, '', `#${$('window').value}`);
	changed();
};
$('graph').onpointermove = $('graph').onpointerdown = lookAt;
$('graph').onkeydown = event => step(event, years, -1);
$('years').onpointerover = ({ target }) => look(Number(target.closest('tr').cells[0].textContent));
$('table').onkeydown = event => step(event, ordered(), 1);
$('table').querySelector('thead').onclick = sort;
for (const part of [$('graph'), $('table')]) {
	part.onpointerleave = ({ pointerType }) => pointerType === 'mouse' && look(null);
	part.onblur = () => look(null);
}
setInterval(() => ($('window').value === '15m' ? changed() : tellAge()), 1000);
draw();
connect();
