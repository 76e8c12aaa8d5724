import assert from 'node:assert/strict';
import { writeFileSync, readdirSync } from 'node:fs';
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

const person = (birthYear, score) =>
	JSON.stringify({ customer: 'a@test.com', score: (score / 100).toFixed(2), email: 'a@test.com', birthYear: String(birthYear) });

// Records of n people: a birth year and a score in hundredths, so that sums are exact.
const people = n => Array.from({ length: n }, () => {
	const year = 1938 + Math.floor((random() + random()) * 32);
	return { year, score: Math.round((random() + random() + random() - 1.5) * 1500 + (year - 1955) * 12) };
});

function produce(records, topic = 'graph', partition = 0) {
	kcat(['-P', '-b', broker.first, '-t', topic, '-p', String(partition)], records.map(({ year, score }) => person(year, score)).join('\n'));
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
	const digits = `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
	if (hundredths === 0) return [digits, 'unchanged'];
	return score < 0 ? [`−${digits}`, 'slower'] : [`+${digits}`, 'faster'];
}

// --- the page

const text = id => page.locator(`#${id}`).textContent();
const choose = value => page.locator(`input[value="${value}"]`).check({ force: true });

const table = () => page.$$eval('#years tr', rows => rows.map(row => [...row.cells].map(cell => cell.textContent)));

const drawn = () => page.evaluate(() => {
	const sets = Chart.getChart('graph').data.datasets;
	const of = label => sets.filter(set => set.label === label).flatMap(set => set.data).map(({ x, y, count }) => ({ x, y, count }));
	return { points: of('points'), means: of('means'), counts: of('counts'), newest: of('newest') };
});

const sorted = points => points.map(({ x, y }) => `${x} ${y.toFixed(2)}`).sort();

// Waits until the page shows these records, and checks that point for point, and table against chart.
async function shows(records) {
	const count = records.length.toLocaleString('en') + (records.length < all.length ? ` of ${all.length.toLocaleString('en')}` : '');
	await until(`${count} are shown`, async () => `${await text('shown')} ${await text('of')}`.trim(), shown => shown === count);
	const rows = expected(records);
	assert.deepEqual(await table(), rows);
	const { points, means, counts, newest } = await drawn();
	assert.deepEqual(sorted(points), sorted(records.map(({ year, score }) => ({ x: year, y: score / 100 }))));
	assert.deepEqual(means.map(({ x, y }) => [String(x), y]), rows.map(row => [row[0], Number(row[2].replace('−', '-'))]));
	assert.deepEqual(counts.map(({ x, y }) => [String(x), y.toLocaleString('en')]), rows.map(row => row.slice(0, 2)));
	assert.deepEqual(newest.map(({ x, y }) => [x, y]), records.slice(-1).map(({ year, score }) => [year, score / 100]));
	const sum = records.reduce((total, { score }) => total + score, 0);
	assert.deepEqual([await text('mean'), await text('word')], verdict({ score: sum, count: records.length }));
}

async function picture(name) {
	for (const [kind, colorScheme, width, height] of
		[['light', 'light', 1280, 800], ['dark', 'dark', 1280, 800], ['phone', 'light', 390, 844], ['phone-dark', 'dark', 390, 844]]) {
		await page.emulateMedia({ colorScheme });
		await page.setViewportSize({ width, height });
		await page.evaluate(() => new Promise(done => setTimeout(() => requestAnimationFrame(() => setTimeout(done)), 200)));
		const wide = await page.evaluate(() => document.documentElement.scrollWidth);
		assert.ok(wide <= width, `${kind}: the page is ${wide} wide in a window of ${width}`);
		await page.screenshot({ path: path.join(screenshots, `risk-graph-${name}-${kind}.png`) });
	}
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize({ width: 1280, height: 800 });
}

const serve = (topic, at = port) =>
	start(SCRIPT, [], { KAFKA_BROKER: broker.first, KAFKA_RISK_TOPIC: topic, RISK_GRAPH_ADDRESS: '127.0.0.1', RISK_GRAPH_PORT: String(at) });

const feeds = topic => processesWith(`kcat -q -b ${broker.first} -C -J -t ${topic} `).filter(pid => !processesWith('websocketd').includes(pid));

before(async () => {
	broker = await start('scripts/embedded-broker/embedded-broker', ['graph:1', 'crowd:4']);
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

test('the script explains itself, and refuses what it cannot do', () => {
	const help = run(SCRIPT, ['--help']);
	assert.deepEqual([help.status, help.stderr], [0, '']);
	assert.match(help.stdout, /RISK_GRAPH_PORT/);
	const wrong = run(SCRIPT, ['now']);
	assert.deepEqual([wrong.status, wrong.stdout], [2, '']);
	assert.match(wrong.stderr, /^usage:/);
	const taken = run(SCRIPT, [], { RISK_GRAPH_ADDRESS: '127.0.0.1', RISK_GRAPH_PORT: String(port) });
	assert.deepEqual([taken.status, taken.stdout], [1, '']);
	assert.match(taken.stderr, new RegExp(`127.0.0.1:${port}/ is taken`));
	assert.equal(graph.first, `risk graph: ${origin}/`);
});

test('an empty topic is said to be one', async () => {
	await page.goto(origin);
	await until('the feed is open', () => text('state-text'), state => state === 'Waiting for records');
	assert.equal(await text('shown'), '0');
	assert.match(await page.locator('#empty').innerText(), /No assessments yet/);
	await picture('empty');
});

test('30 records are 30 points, with means and counts to the digit', async () => {
	produce(people(30));
	await shows(all);
	assert.equal(await text('state-text'), 'Live');
	assert.match(await text('last'), /^(just now|\d+ s ago)$/);
	assert.ok(await page.locator('#empty').isHidden());
	await picture('30');
});

test('a record is a point at once', async t => {
	const took = [];
	for (let i = 0; i < 15; i++) {
		const before = await text('shown');
		const shown = page.evaluate(before => new Promise(resolve => {
			const look = () => {
				const [newest] = Chart.getChart('graph').data.datasets.find(({ label }) => label === 'newest').data;
				if (document.getElementById('shown').textContent === before) return requestAnimationFrame(look);
				return setTimeout(() => resolve(Date.now() - newest.time)); // the frame is painted
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
	await page.keyboard.press('ArrowLeft');
	await shows(all.slice(-100));
	await page.keyboard.press('ArrowLeft');
	await shows(all);
	assert.equal(new URL(page.url()).hash, '#all');
	await page.keyboard.press('Tab');
	assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-labelledby')), 'years-title');
	await page.keyboard.press('End');
	await until('the table is scrolled', () => page.evaluate(() => document.activeElement.scrollTop));
	await choose('100');
	await page.reload();
	await shows(all.slice(-100));
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
	assert.match(await page.locator('#empty').innerText(), /None in the last 15 minutes/);
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
	assert.equal(await text('ignored'), `${bad.length + 1} records ignored: not an assessment.`);
});

test('a feed that is killed comes back, and nothing counts twice', async () => {
	outage = true;
	const [feed, ...more] = feeds('graph');
	assert.deepEqual(more, []);
	process.kill(feed, 'SIGKILL');
	await until('the page says so', () => text('state-text'), state => state === 'Connection lost');
	produce(people(3));
	await until('the page is live again', () => text('state-text'), state => state === 'Live');
	await shows(all);

	await stop(graph);
	await until('the page says so', () => text('state-text'), state => state === 'Connection lost');
	assert.match(await text('state-more'), /^trying again in \d+ s$/);
	await page.screenshot({ path: path.join(screenshots, 'risk-graph-lost-light.png') });
	produce(people(4));
	graph = await serve('graph');
	await until('the page is live again', () => text('state-text'), state => state === 'Live');
	await shows(all);
	outage = false;
});

test('a broker that goes away and comes back costs nothing', async () => {
	outage = true;
	process.kill(broker.pid, 'SIGUSR1');
	await new Promise(resolve => setTimeout(resolve, 1000));
	process.kill(broker.pid, 'SIGUSR2');
	produce(people(5));
	await shows(all);
	await until('the page is live', () => text('state-text'), state => state === 'Live');
	outage = false;
});

test('another site can\'t open the feed', async () => {
	const upgrade = (host, from) => new Promise((resolve, reject) => {
		const request = http.get({ port, host: '127.0.0.1', path: '/feed', headers: {
			Host: host, Origin: from, Connection: 'Upgrade', Upgrade: 'websocket',
			'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
		} });
		request.on('response', response => resolve(response.statusCode));
		request.on('upgrade', (response, socket) => resolve(response.statusCode, socket.destroy()));
		request.on('error', reject);
	});
	assert.equal(await upgrade(`127.0.0.1:${port}`, origin), 101);
	assert.equal(await upgrade(`localhost:${port}`, `http://localhost:${port}`), 101);
	assert.equal(await upgrade(`127.0.0.1:${port}`, 'http://other.example'), 403);
	assert.equal(await upgrade(`127.0.0.1:${port}`, 'null'), 403);
	assert.equal(await upgrade(`other.example:${port}`, `http://other.example:${port}`), 403, 'a name made to point here');
	await until('only the page\'s feed is left', () => feeds('graph').length, count => count === 1);
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
	assert.equal((await drawn()).points.reduce((sum, { count }) => sum + count, 0), 100_000, 'every record is in a dot');
	await picture('100000');
	await choose('1000');
	await until('1,000 are shown', () => text('shown'), shown => shown === '1,000');
	assert.equal((await drawn()).points.length, 1000);
	await choose('all');
	produce([{ year: 1977, score: 100 }], 'crowd');
	await until('one more is shown', () => text('shown'), shown => shown === '100,001');
	t.diagnostic(`asked ${asked} times while the records came in, the slowest answer took ${Math.round(slowest)} ms`);
	outage = true;
	assert.equal(await stop(other), 143);
});

test('nothing is left behind', async () => {
	assert.equal(await stop(graph), 143);
	assert.deepEqual([...feeds('graph'), ...feeds('crowd')], []);
	assert.deepEqual(processesWith(`--port=${port} `), []);
	assert.deepEqual(readdirSync(scratch).filter(name => name.startsWith('tmp.')), [], 'temporary directories');
});

test('no request left the machine, and the console stayed clean', () => {
	assert.ok(requests.length > 10, `${requests.length} requests seen`);
	assert.deepEqual(requests.filter(url => !/^(http|ws):\/\/127\.0\.0\.1:\d+\/|^data:image\/svg/.test(url)), []);
	assert.deepEqual(problems, []);
});
