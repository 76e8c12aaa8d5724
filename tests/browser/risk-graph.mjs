// The live risk graph. Its pictures come to build/screenshots; scripts/risk-graph/risk-graph.png is risk-graph-1000-light.png.
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { browser, freePort, kcat, processesWith, run, scratch, screenshots, start, stop, stopAll, until } from './stage.mjs';

const SCRIPT = 'scripts/submit-risk-graph.sh';
let broker, graph, port, origin, context, page;
const requests = [];
const problems = []; // what the console had to say
let outage = false; // while the feed is down on purpose, a refused connection is no problem

// --- records

let seed = 20;
const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
const all = []; // what stands on the topic `graph`, in its order

const person = ({ year, score, position }) =>
	JSON.stringify({ customer: 'a@test.com', score: (score / 100).toFixed(2), email: 'a@test.com', birthYear: String(year), position });

// Records of n people: a birth year and a score in hundredths, so that sums are exact.
const people = n => Array.from({ length: n }, () => {
	const year = 1938 + Math.floor((random() + random()) * 32);
	return { year, score: Math.round((random() + random() + random() - 1.5) * 1500 + (year - 1955) * 12) };
});

function produce(records, topic = 'graph', partition = 0) {
	kcat(['-P', '-b', broker.first, '-t', topic, '-p', String(partition)], records.map(person).join('\n'));
	if (topic === 'graph') all.push(...records);
}

// The rows the table has to show: mean to the digit, by integers, halves away from zero.
function expected(records) {
	const years = new Map();
	for (const { year, score } of records) {
		const sum = years.get(year) || years.set(year, { score: 0, count: 0 }).get(year);
		sum.score += score;
		sum.count++;
	}
	return [...years].sort(([a], [b]) => a - b).map(([year, sum]) => [String(year), sum.count.toLocaleString('en'), ...verdict(sum)]);
}

function verdict({ score, count }) {
	const hundredths = Math.floor((2 * Math.abs(score) + count) / (2 * count));
	const digits = `${Math.floor(hundredths / 100).toLocaleString('en')}.${String(hundredths % 100).padStart(2, '0')}`;
	const sign = hundredths === 0 ? '' : score < 0 ? '−' : '+';
	return [sign + digits, hundredths < 10 ? 'unchanged' : score < 0 ? 'slower' : 'faster'];
}

// --- the page

const text = id => page.locator(`#${id}`).textContent();
const choose = value => page.locator('#window').selectOption(value);

const table = () => page.$$eval('#years tr', rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim())));

// Where the marks are drawn, in years and seconds, by the labels of the axes; and how much of these a pixel is.
const drawn = () => page.evaluate(() => {
	const labels = (name, at, off) => [...document.querySelectorAll(`#graph ${name}`)].map(label =>
		[Number(label.textContent.replace('−', '-').replace(/[,s ]/g, '')), Number(label.getAttribute(at)) + off]);
	const scale = labels => scaleOf(labels[0], labels.at(-1));
	const scaleOf = ([a, from], [b, to]) => [pixels => a + ((pixels - from) * (b - a)) / (to - from), Math.abs((b - a) / (to - from))];
	const [x, wide] = scale(labels('.year', 'x', 0));
	const [y, high] = scale(labels('.score', 'y', -4));
	const marks = (name, off = 0) => [...document.querySelectorAll(`#graph ${name}`)].flatMap(path =>
		[...path.getAttribute('d').matchAll(/M([\d.]+),([\d.]+)(?:V([\d.]+))?/g)].map(([, ...at]) => ({
			x: Math.round(x(Number(at[0]) + off)), y: y(Number(at[1])), to: at[2] && y(Number(at[2])) })));
	const dots = marks('#ground .dots');
	return { dots, means: marks('.mean'), few: marks('.few.mean'), errors: marks('.error'), edges: marks('.edge', 6), newest: marks('.newest', 7),
		lit: marks('#lit .dots'), shared: spots.reduce((sum, { count }) => sum + count, 0), wide, high };
});

const near = (a, b, most) => assert.ok(Math.abs(a - b) <= most, `${a} is drawn for ${b}`);
const byPlace = (a, b) => a.x - b.x || a.y - b.y;

// Waits until the page shows these records, and checks that dot for dot, and table against plot.
async function shows(records) {
	const count = records.length.toLocaleString('en') + (records.length < all.length ? ` of ${all.length.toLocaleString('en')}` : '');
	await until(`${count} are shown`, async () => `${await text('shown')} ${await text('of')}`.trim(), shown => shown === count);
	const rows = expected(records);
	assert.deepEqual(await table(), rows);
	const sum = records.reduce((total, { score }) => total + score, 0);
	const [mean, word] = verdict({ score: sum, count: records.length });
	assert.equal(await text('mean'), `${mean} s ${word}`);
	checkMarks(records, rows, await drawn());
}

function checkMarks(records, rows, { dots, means, few, errors, newest, shared, high }) {
	const scores = new Map(rows.map(([year]) => [Number(year), []]));
	for (const { year, score } of records) scores.get(year).push(score / 100);
	for (const { x, y } of dots) assert.ok(scores.get(x).some(score => Math.abs(score - y) <= high / 10), `a dot at ${x} ${y}`);
	for (const [year, list] of scores)
		for (const score of list) assert.ok(dots.some(({ x, y }) => x === year && Math.abs(score - y) <= 4.2 * high), `no dot at ${year} ${score}`);
	assert.equal(shared, records.length, 'all scores are in dots');
	means.sort(byPlace);
	assert.deepEqual(means.map(({ x }) => String(x)), rows.map(([year]) => year));
	means.forEach(({ y }, i) => near(y, Number(rows[i][2].replace('−', '-')), high / 10));
	assert.deepEqual(few.map(({ x }) => x).sort(), [...scores].filter(([, list]) => list.length < 5).map(([year]) => year));
	for (const { x, y, to } of errors) {
		const list = scores.get(x);
		const mean = list.reduce((a, b) => a + b) / list.length;
		const error = Math.sqrt(list.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (list.length - 1) / list.length);
		near((to - y) / 2, error, high / 5);
	}
	assert.equal(errors.length, [...scores.values()].filter(list => new Set(list).size > 1).length);
	near(newest[0].y, records.at(-1).score / 100, high / 10);
}

const graphIsInFirstHalf = () => page.evaluate(() => document.querySelector('.plot').getBoundingClientRect().top + scrollY < innerHeight / 2);

const VIEWS = { // of the page as its users have it
	light: {}, dark: { colorScheme: 'dark' }, phone: { width: 390, height: 844 }, 'phone-dark': { width: 390, height: 844, colorScheme: 'dark' },
	small: { width: 320, height: 568 }, forced: { forcedColors: 'active' }, print: { width: 718, height: 1046, media: 'print', colorScheme: 'dark' },
};

async function view({ colorScheme = 'light', forcedColors = 'none', media = null, width = 1280, height = 800 } = {}) {
	await page.emulateMedia({ colorScheme, forcedColors, media });
	await page.setViewportSize({ width, height });
	await page.evaluate(() => new Promise(done => setTimeout(() => requestAnimationFrame(() => setTimeout(done)), 200)));
}

// A picture of each view, in which nothing may be cut off, and axe may find nothing.
async function picture(name, kinds = Object.keys(VIEWS)) {
	for (const kind of kinds) {
		await view(VIEWS[kind]);
		const [wide, cut] = await page.evaluate(() => [document.documentElement.scrollWidth, $('table').scrollWidth - $('table').clientWidth]);
		assert.ok(wide <= (VIEWS[kind].width ?? 1280), `${name} ${kind}: the page is ${wide} wide`);
		assert.ok(cut <= 0, `${name} ${kind}: the table is cut by ${cut}`);
		if (VIEWS[kind].media !== 'print') {
			assert.ok(await graphIsInFirstHalf(), `${name} ${kind}: the graph begins too far down`);
			assert.deepEqual(await findings(), [], `axe on ${name} ${kind}`);
		}
		await page.screenshot({ path: path.join(screenshots, `risk-graph-${name}-${kind}.png`) });
	}
	await view();
}

const findings = () => page.evaluate(async () => (await axe.run()).violations.flatMap(({ id, help, nodes }) =>
	nodes.map(({ target, any }) => `${id}: ${help}: ${target} ${any.map(({ message }) => message)}`)));

const serve = (topic, at = port) =>
	start(SCRIPT, [], { KAFKA_BROKER: broker.first, KAFKA_RISK_TOPIC: topic, RISK_GRAPH_ADDRESS: '127.0.0.1', RISK_GRAPH_PORT: String(at) });

const feeds = topic => processesWith(`kcat -q -b ${broker.first} -C -J -t ${topic} `);
async function leave(service) {
	await page.goto('about:blank');
	return stop(service);
}

const notice = async () => `${await text('notice-title')}: ${await text('notice-text')}`;

before(async () => {
	broker = await start('scripts/embedded-broker/embedded-broker', ['graph:1', 'crowd:4', 'robust:1', 'repeats:1']);
	port = await freePort();
	origin = `http://127.0.0.1:${port}`;
	graph = await serve('graph');
	context = await browser();
	await context.addInitScript(() => {
		const now = Date.now;
		Date.now = () => window.frozen ?? now();
	});
	page = context.pages()[0];
	context.on('request', request => requests.push(request.url()));
	page.on('websocket', socket => requests.push(socket.url()));
	page.on('pageerror', error => problems.push(String(error.stack)));
	page.on('console', message => {
		const told = `${message.type()}: ${message.text()}`;
		if (!(outage && /WebSocket connection to .* failed/.test(told))) problems.push(told);
	});
});

after(async () => {
	await context?.close();
	await stopAll();
});

test('the script says where the page is, and refuses a port that is taken', () => {
	const taken = run(SCRIPT, [], { RISK_GRAPH_ADDRESS: '127.0.0.1', RISK_GRAPH_PORT: String(port) });
	assert.deepEqual([taken.status, taken.stdout], [1, '']);
	assert.match(taken.stderr, new RegExp(`127.0.0.1:${port}/ is taken`));
	assert.equal(graph.first, `risk graph: ${origin}/`);
});

test('an empty topic is said to be one', async () => {
	await page.goto(origin);
	await until('the feed is open', () => text('state'), state => state === 'Live');
	assert.equal(await text('shown'), '0');
	assert.equal(await notice(), 'No assessments yet: Each appears here once it is recorded.');
	await picture('empty', ['light', 'phone']);
});

test('30 records are 30 points, with means and counts to the digit', async () => {
	produce(people(30));
	await shows(all);
	assert.equal(await text('state'), 'Live');
	assert.match(await text('last'), /^(just now|\d+ s ago)$/);
	assert.equal(await notice(), ': ');
	await picture('30', ['light', 'phone']);
});

test('a record is a point at once', async t => {
	const took = [];
	for (let i = 0; i < 15; i++) {
		const before = await text('shown');
		const shown = page.evaluate(before => new Promise(resolve => {
			const look = () => {
				if (document.getElementById('shown').textContent === before) return requestAnimationFrame(look);
				return setTimeout(() => resolve(Date.now() - latest)); // the frame is painted
			};
			look();
		}), before);
		produce(people(1));
		took.push(await shown);
	}
	await shows(all);
	took.sort((a, b) => a - b);
	t.diagnostic(`from a record's time stamp to its painted point: median ${took[7]} ms, most ${took[14]} ms (goal: under 200 ms)`);
});

test('the window is the viewer\'s choice, by keyboard too, and stays in the address', async () => {
	produce(people(1155));
	await shows(all.slice(-1000));
	await picture('1000');
	await page.keyboard.press('Tab');
	assert.equal(await page.evaluate(() => document.activeElement.value), '1000');
	await page.keyboard.press('ArrowUp');
	await shows(all.slice(-100));
	await page.keyboard.press('End');
	await shows(all);
	assert.equal(new URL(page.url()).hash, '#all');
	await choose('100');
	await page.reload();
	await shows(all.slice(-100));
	await choose('all');
	await shows(all);
});

// What is lit: the year of the row, the mean and the dots, and what the figures say.
const lit = async () => ({
	rows: await page.$$eval('#years .lit th', heads => heads.map(head => head.textContent)),
	ring: await page.$$eval('#lit .ring', rings => rings.length),
	dots: [...new Set((await drawn()).lit.map(({ x }) => String(x)))],
	tip: await text('tip'),
	spoken: await page.locator('#graph').getAttribute('aria-valuetext'),
});

function figures(year) {
	const scores = all.filter(record => record.year === year).map(({ score }) => score / 100);
	const of = score => `${score > 0 ? '+' : score < 0 ? '−' : ''}${Math.abs(score).toFixed(2)} s`;
	const row = expected(all).find(([born]) => born === String(year));
	const mean = scores.reduce((a, b) => a + b) / scores.length;
	const error = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (scores.length - 1) / scores.length);
	return [`Born ${year}`, `mean ${row[2]} s ± ${error.toFixed(2)}, ${row[3]}`, `${row[1]} assessments,`,
		`from ${of(Math.min(...scores))} to ${of(Math.max(...scores))}`];
}

async function lights(year) {
	const tip = figures(year);
	assert.deepEqual(await lit(), { rows: [String(year)], ring: 1, dots: [String(year)], tip: tip.join('\n'),
		spoken: `${tip[0]}: ${tip.slice(1).join(' ')}` });
	const [anchor, box, plot] = await page.evaluate(() => ['#lit .ring', '#tip', '.plot'].map(name =>
		document.querySelector(name).getBoundingClientRect().toJSON()));
	assert.ok(anchor.x >= box.x - 1 && anchor.x <= box.right + 1, 'the figures are at the mean');
	assert.ok(Math.min(Math.abs(anchor.y - box.bottom), Math.abs(anchor.bottom - box.y)) < 30, 'the figures are at the mean');
	assert.ok(box.x >= plot.x - 1 && box.right <= plot.right + 1, 'the figures are not cut off');
}

test('a year is lit in plot and table, by pointer and by keyboard', async () => {
	const born = await page.evaluate(() => years.filter(({ count }) => count > 1).map(({ x }) => x));
	const year = born[20];
	const row = page.locator('#years tr', { has: page.locator(`th:text-is("${year}")`) });
	await row.hover();
	await lights(year);
	const { x, y, width, height } = await page.evaluate(() => document.querySelector('#lit .ring').getBoundingClientRect().toJSON());
	await page.mouse.move(5, 5);
	assert.deepEqual(await lit(), { rows: [], ring: 0, dots: [], tip: '', spoken: 'no year chosen' });
	await page.mouse.move(x + width / 2, y + height / 2 + 50);
	await lights(year);
	await page.mouse.move(5, 5);
	await page.locator('#window').focus();
	await page.keyboard.press('Tab');
	assert.equal(await page.evaluate(() => document.activeElement.id), 'graph');
	await page.keyboard.press('Home');
	for (let i = 0; await page.locator('#graph').getAttribute('aria-valuenow') !== String(year); i++) {
		assert.ok(i < 100, 'the arrow key comes to the year');
		await page.keyboard.press('ArrowRight');
	}
	await lights(year);
	for (const kind of ['light', 'dark', 'small', 'forced']) {
		await view(VIEWS[kind]);
		await lights(year);
		assert.deepEqual(await findings(), []);
		const [[, contrast]] = await contrasts([[['#tip', 'color'], ['#tip', 'backgroundColor']]]);
		assert.ok(contrast >= 4.5, `${kind}: the figures have ${contrast.toFixed(2)}`);
		await page.screenshot({ path: path.join(screenshots, `risk-graph-lit-${kind}.png`) });
	}
	await view();
	await page.keyboard.press('Escape');
	assert.deepEqual((await lit()).rows, []);
	await page.keyboard.press('Tab');
	assert.equal(await page.evaluate(() => document.activeElement.id), 'table');
	await page.keyboard.press('End');
	assert.deepEqual((await lit()).rows, [expected(all).at(-1)[0]]);
	assert.ok(await page.evaluate(() => document.querySelector('tr.lit').getBoundingClientRect().bottom <= innerHeight), 'the row is in sight');
	await page.keyboard.press('Tab');
	assert.deepEqual((await lit()).rows, []);
});

test('the table is sorted by what the viewer chooses, and its bars are as long as the means', async () => {
	const column = { Born: 0, Count: 1, 'Mean, s': 2 };
	const number = text => Number(text.replace('−', '-').replace(',', ''));
	for (const [name, sign, told] of [['Count', 1, 'ascending'], ['Count', -1, 'descending'], ['Mean, s', 1, 'ascending'], ['Born', 1, 'ascending']]) {
		await page.getByRole('button', { name }).click();
		const at = column[name];
		const rows = expected(all).sort((a, b) => sign * (number(a[at]) - number(b[at])) || a[0] - b[0]);
		assert.deepEqual(await table(), rows);
		assert.deepEqual(await page.$$eval('thead th', heads => heads.map(head => head.ariaSort)),
			[0, 1, 2, 3].map(i => (i === at ? told : null)));
	}
	const bars = await page.$$eval('#years svg', bars => bars.map(bar => [bar.getAttribute('class'),
		bar.lastChild.getBoundingClientRect().width / (bar.getBoundingClientRect().width / 2),
		Math.sign(bar.lastChild.getBBox().x + 1e-9)]));
	const means = expected(all).map(([, , mean, word]) => [word, Math.abs(number(mean))]);
	const most = Math.max(...means.map(([, mean]) => mean));
	bars.forEach(([word, share, side], i) => {
		assert.equal(word, means[i][0]);
		near(share, means[i][1] / most, 0.02);
		if (word !== 'unchanged') assert.equal(side, word === 'faster' ? 1 : -1, `the side of ${word}`);
	});
});

// Of pairs of [selector, property]: how much lighter one colour is than the other, as WCAG reckons it.
const contrasts = pairs => page.evaluate(pairs => {
	const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
	const light = ([selector, property]) => {
		canvas.fillStyle = getComputedStyle(document.querySelector(selector))[property];
		canvas.fillRect(0, 0, 1, 1);
		const linear = part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
		const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map(part => linear(part / 255));
		return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
	};
	return pairs.map(pair => {
		const [dark, bright] = pair.map(light).sort((a, b) => a - b);
		return [pair[0][0], (bright + 0.05) / (dark + 0.05)];
	});
}, pairs);

test('marks are told from their ground, three to one', async () => {
	const marks = ['.d0', '.mean.faster', '.mean.slower', '.error.few.faster', '.error.few.slower', '.newest', '.zero'];
	const pairs = marks.flatMap(mark => ['faster', 'slower'].map(side => [[`#graph ${mark}`, 'stroke'], [`.ground.${side}`, 'fill']]));
	for (const kind of ['light', 'dark', 'forced']) {
		await view(VIEWS[kind]);
		for (const [mark, contrast] of await contrasts(pairs)) assert.ok(contrast >= 3, `${kind}: ${mark} has ${contrast.toFixed(2)}`);
	}
	await view();
});

test('a page is printed on one sheet', async () => {
	await page.emulateMedia({ colorScheme: 'dark', media: null });
	const pdf = await page.pdf({ format: 'A4', path: path.join(screenshots, 'risk-graph.pdf'), printBackground: true });
	assert.deepEqual(pdf.toString('latin1').match(/\/Type \/Page\b/g).length, 1);
	await view();
});

test('15 minutes are 15 minutes of the records\' own time', async () => {
	await new Promise(resolve => setTimeout(resolve, 20)); // the next record's millisecond is another
	produce(people(7));
	const times = kcat(['-C', '-q', '-e', '-b', broker.first, '-t', 'graph', '-f', '%T\n']).trim().split('\n').map(Number);
	await choose('15m');
	await shows(all);
	await page.evaluate(now => { window.frozen = now; }, times.at(-7) + 15 * 60_000);
	await shows(all.slice(times.findIndex(time => time >= times.at(-7))));
	assert.equal(await text('shown'), '7');
	await page.evaluate(now => { window.frozen = now; }, times.at(-1) + 15 * 60_000 + 1);
	await until('none is left', () => text('shown'), shown => shown === '0');
	assert.match(await notice(), /^None in the last 15 minutes:/);
	assert.equal(await text('last'), '15 min ago');
	await page.evaluate(() => { delete window.frozen; });
	await choose('all');
	await shows(all);
});

test('bad records are ignored and counted', async () => {
	const good = { birthYear: '1963', score: '28.5' };
	const bad = [
		'', '{', 'null', '5', '"text"', '[]', '{}', '{"score":"1"}', '{"birthYear":"1963"}',
		...['', ' ', 'high', 'NaN', 'Infinity', '1e999', '0x10', '1,5', true, null, [], {}].map(score => JSON.stringify({ ...good, score })),
		...['63', '0001', '3000', '1963-08-16', '', null, {}, true].map(birthYear => JSON.stringify({ ...good, birthYear })),
		Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x7b]), '\u0000\n\n', `${JSON.stringify(good)}x`, '<script>alert(1)</script>',
	].filter(payload => payload.length);
	bad.forEach((payload, i) => {
		const file = path.join(scratch, `bad-${i}`);
		writeFileSync(file, payload);
		kcat(['-P', '-b', broker.first, '-t', 'graph', file]);
	});
	kcat(['-P', '-b', broker.first, '-t', 'graph', '-K', ':', '-Z'], 'tombstone:\n');
	const file = path.join(scratch, 'pretty');
	writeFileSync(file, JSON.stringify({ customer: 'Ünï\u0000 "\\', ...good, score: 28.5, birthYear: 1963 }, null, 2)); // good
	kcat(['-P', '-b', broker.first, '-t', 'graph', file]);
	all.push({ year: 1963, score: 2850 });
	await shows(all);
	assert.ok((await text('note')).endsWith(` ${bad.length + 1} records ignored: not an assessment.`));
});

test('a feed that is killed comes back, and nothing counts twice', async () => {
	outage = true;
	const [feed, ...more] = feeds('graph');
	assert.deepEqual(more, []);
	process.kill(feed, 'SIGKILL');
	await until('the page says so', () => text('state'), state => state === 'Connection lost');
	produce(people(3));
	await until('the page is live again', () => text('state'), state => state === 'Live');
	await shows(all);

	await stop(graph);
	await until('the page says so', () => text('state'), state => state === 'Connection lost');
	assert.equal(await notice(), 'Connection lost: What is shown came before. Trying again.');
	await picture('lost', ['light', 'phone']);
	produce(people(4));
	graph = await serve('graph');
	await until('the page is live again', () => text('state'), state => state === 'Live');
	await shows(all);
	outage = false;
});

test('a broker that goes away is told, and costs nothing once it is back', async () => {
	outage = true;
	process.kill(broker.pid, 'SIGUSR1');
	await until('the page says so', notice, told => told === `Waiting for Kafka: Waiting for the broker at ${broker.first}.`);
	await picture('no-broker', ['light']);
	process.kill(broker.pid, 'SIGUSR2');
	produce(people(5));
	await shows(all);
	await until('the page is live', () => text('state'), state => state === 'Live');
	outage = false;
});

// Opens the feed as a page of the machine does, or another site: resolves to the status, and the socket where there is one.
const upgrade = (host, from) => new Promise((resolve, reject) => {
	const request = http.get({ port, host: '127.0.0.1', path: '/feed', headers: {
		Host: host, Origin: from, Connection: 'Upgrade', Upgrade: 'websocket',
		'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
	} });
	request.on('response', response => resolve({ status: response.statusCode }));
	request.on('upgrade', (response, socket) => resolve({ status: response.statusCode, socket }));
	request.on('error', reject);
});

test('a viewer too many is told so, and served once there is a place', async () => {
	const name = `127.0.0.1:${port}`;
	const others = [];
	while (others.length < 19) others.push((await upgrade(name, origin)).socket.resume());
	await until('20 are served', () => feeds('graph').length, count => count === 20);
	const other = await context.newPage();
	await other.goto(origin);
	const told = () => other.locator('#notice').innerText();
	await until('it is told', told, text => /^Not served\s+20 viewers are served already, which is the most\. Trying again\.$/.test(text));
	assert.equal(await other.locator('#state').innerText(), 'Not served');
	await other.screenshot({ path: path.join(screenshots, 'risk-graph-refused-light.png') });
	assert.deepEqual(await other.evaluate(async () => (await axe.run()).violations), []);
	for (const socket of others) socket.destroy();
	await until('it is served', () => other.locator('#state').textContent(), state => state === 'Live');
	await other.close();
	await until('only the page\'s feed is left', () => feeds('graph').length, count => count === 1);
});

test('the page is there before the broker, whose address may stand in KCAT_CONFIG', async () => {
	const config = path.join(scratch, 'kcat.conf');
	writeFileSync(config, 'bootstrap.servers=127.0.0.1:1\n');
	const settings = { KAFKA_BROKER: '', KCAT_CONFIG: config, RISK_GRAPH_ADDRESS: '127.0.0.1' };
	const early = await start(SCRIPT, [], { ...settings, KAFKA_RISK_TOPIC: 'graph', RISK_GRAPH_PORT: String(await freePort()) });
	await page.goto(early.first.replace('risk graph: ', ''));
	await until('the page says so', notice, told => told === 'Waiting for Kafka: Waiting for the broker at 127.0.0.1:1.');
	await until('so does the script', () => early.said, said => said === 'submit-risk-graph.sh: waiting for the broker at 127.0.0.1:1\n');
	assert.equal(await leave(early), 143);
	writeFileSync(config, `bootstrap.servers=${broker.first}\n`);
	const named = await start(SCRIPT, [], { ...settings, KAFKA_RISK_TOPIC: 'later', RISK_GRAPH_PORT: String(await freePort()) });
	await page.goto(named.first.replace('risk graph: ', ''));
	await until('the page says so', notice, told => told === `Waiting for Kafka: Waiting for topic later at ${broker.first}.`);
	produce([{ year: 1950, score: -250 }], 'later');
	await until('the record is shown', () => text('mean'), mean => mean === '−2.50 s slower');
	await until('the script says so', () => named.said, said => said.endsWith('topic later is there\n'));
	assert.equal(await leave(named), 143);
});

test('what is wrong with the configuration ends the script', async () => {
	const config = path.join(scratch, 'wrong.conf');
	writeFileSync(config, 'no.such.property=1\n');
	const wrong = run(SCRIPT, [], { KCAT_CONFIG: config, RISK_GRAPH_ADDRESS: '127.0.0.1', RISK_GRAPH_PORT: String(await freePort()) });
	assert.equal(wrong.status, 1);
	assert.match(wrong.stderr, /no\.such\.property/);
});

test('another site can\'t open the feed', async () => {
	await page.goto(origin);
	const status = async (host, from) => {
		const { status, socket } = await upgrade(host, from);
		socket?.destroy();
		return status;
	};
	assert.equal(await status(`127.0.0.1:${port}`, origin), 101);
	assert.equal(await status(`localhost:${port}`, `http://localhost:${port}`), 101);
	assert.equal(await status(`127.0.0.1:${port}`, 'http://other.example'), 403);
	assert.equal(await status(`127.0.0.1:${port}`, 'null'), 403);
	assert.equal(await status(`other.example:${port}`, `http://other.example:${port}`), 403, 'a name made to point here');
	await until('only the page\'s feed is left', () => feeds('graph').length, count => count === 1);
});

test('repeats of a position are counted once', async () => {
	const served = await serve('repeats', await freePort());
	const of = (score, position) => ({ year: 1950, score, position });
	produce([of(100, 'e:0:7'), of(100, 'e:0:7'), of(300, 'e:1:7'), of(500, 'e:0:8'), of(500, 'e:0:8'), of(900, 'e:0:8199'), of(700, 'other')], 'repeats');
	await page.goto(served.first.replace('risk graph: ', ''));
	await until('five are shown', () => text('shown'), shown => shown === '5');
	assert.equal(await text('mean'), '+5.00 s faster');
	assert.match(await text('note'), / 2 repeats not counted\.$/);
	await leave(served);
});

test('scores far off do not flatten the others: they are marks at the edge', async () => {
	const served = await serve('robust', await freePort());
	const most = people(300);
	const far = [[1950, -1e8], [1925, -1e8], [1990, 9000]].map(([year, score]) => ({ year, score }));
	produce([...most, ...far], 'robust');
	await page.goto(served.first.replace('risk graph: ', ''));
	await until('all are shown', () => text('shown'), shown => shown === '303');
	const range = await page.evaluate(() => range);
	const scores = most.map(({ score }) => score / 100);
	assert.ok(range.min > 2 * Math.min(...scores) && range.max < 2 * Math.max(...scores), JSON.stringify(range));
	assert.match(await text('note'), / 3 scores beyond the plot: ▲ ▼ at its edge\.$/);
	assert.deepEqual((await drawn()).edges.map(({ x }) => x).sort(), [1925, 1950, 1990]);
	assert.deepEqual((await table())[0], ['1925', '1', '−1,000,000.00', 'slower']);
	await page.locator('#years tr').first().hover();
	assert.match(await text('tip'), /^Born 1925\nmean −1,000,000\.00 s, slower\n1 assessment$/);
	await page.mouse.move(5, 5);
	await picture('far', ['light', 'dark', 'phone', 'small']);
	await leave(served);
});

test('100,000 records do not freeze the page', async t => {
	const crowd = people(100_000);
	for (let i = 0; i < 4; i++) // the embedded broker keeps 5 MiB a partition, so each gets its quarter
		produce(crowd.slice(i * 25_000, (i + 1) * 25_000), 'crowd', i);
	const other = await serve('crowd', await freePort());
	await page.goto(`${other.first.replace('risk graph: ', '')}#all`);
	let asked = 0;
	let slowest = 0;
	await until('all are shown', async () => {
		const start = performance.now();
		const shown = await text('shown');
		slowest = Math.max(slowest, performance.now() - start);
		asked++;
		return shown;
	}, shown => shown === '100,000');
	assert.deepEqual(await table(), expected(crowd));
	assert.equal((await drawn()).shared, 100_000, 'every record is in a dot');
	await picture('100000');
	await choose('1000');
	await until('1,000 are shown', () => text('shown'), shown => shown === '1,000');
	assert.equal((await drawn()).shared, 1000);
	await choose('all');
	produce([{ year: 1977, score: 100 }], 'crowd');
	await until('one more is shown', () => text('shown'), shown => shown === '100,001');
	t.diagnostic(`asked ${asked} times while the records came in, the slowest answer took ${Math.round(slowest)} ms`);
	assert.equal(await leave(other), 143);
});

test('nothing is left behind', async () => {
	assert.equal(await stop(graph), 143);
	assert.deepEqual([...feeds('graph'), ...feeds('crowd'), ...feeds('robust'), ...feeds('repeats'), ...feeds('later')], []);
	assert.deepEqual(processesWith(`--port=${port} `), []);
	assert.deepEqual(readdirSync(scratch).filter(name => name.startsWith('tmp.')), [], 'temporary directories');
});

test('no request left the machine, and the console stayed clean', () => {
	assert.ok(requests.length > 10, `${requests.length} requests seen`);
	assert.deepEqual(requests.filter(url => !/^(http|ws):\/\/127\.0\.0\.1:\d+\/|^data:image\/svg/.test(url)), []);
	assert.deepEqual(problems, []);
});
