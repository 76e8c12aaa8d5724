// What the tests stand on: processes that are stopped whatever happens, records, a browser.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const screenshots = path.join(root, 'build/screenshots');
export const scratch = mkdtempSync(path.join(tmpdir(), 'risk-graph-'));
const running = new Set();

process.on('exit', () => {
	for (const child of running) signalGroup(child, 'SIGTERM'); // the scripts clean up after themselves
	rmSync(scratch, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE']) process.on(signal, () => process.exit(1));

function signalGroup(child, signal) {
	try {
		process.kill(-child.pid, signal);
	} catch (error) {
		if (error.code !== 'ESRCH') throw error;
	}
}

// A program of the project in a process group of its own, the first line it prints, and what it says on standard error.
export async function start(program, args = [], env = {}) {
	const child = spawn(path.join(root, program), args, {
		detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TMPDIR: scratch, ...env },
	});
	running.add(child);
	child.said = '';
	child.stderr.setEncoding('utf8').on('data', text => { child.said += text; });
	child.ended = new Promise(resolve => child.on('exit', (code, signal) => resolve(code ?? signal)));
	child.ended.then(() => running.delete(child));
	child.first = await new Promise((resolve, reject) => {
		createInterface(child.stdout).once('line', resolve);
		child.ended.then(status => reject(new Error(`${program} ended with ${status} before it was ready: ${child.said}`)));
	});
	return child;
}

export async function stop(child) {
	child.kill('SIGTERM');
	return child.ended;
}

export const stopAll = () => Promise.all([...running].map(stop));

export const run = (program, args, env = {}) =>
	spawnSync(path.join(root, program), args, { encoding: 'utf8', env: { ...process.env, TMPDIR: scratch, ...env } });

export function freePort() {
	return new Promise((resolve, reject) => {
		const server = net.createServer();
		server.on('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

export function kcat(args, input = '') {
	const { status, stdout, stderr } = spawnSync('kcat', args, { input, maxBuffer: 2 ** 30, encoding: 'utf8' });
	if (status !== 0) throw new Error(`kcat ${args.join(' ')}: status ${status}: ${stderr}`);
	return stdout;
}

// Every process whose command line holds text, as pids.
export function processesWith(text) {
	return readdirSync('/proc').filter(name => /^\d+$/.test(name)).map(Number).filter(pid => {
		try {
			return pid !== process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').includes(text);
		} catch {
			return false; // it has ended meanwhile
		}
	});
}

// Waits for a condition, for as long as it takes; where that is too long, what is shown is this file.
export async function until(what, look, accept = Boolean) {
	for (;;) {
		const seen = await look();
		if (accept(seen)) return seen;
		writeFileSync(path.join(scratch, 'waits'), `until ${what}; last seen: ${JSON.stringify(seen)}\n`);
		await new Promise(resolve => setTimeout(resolve, 50));
	}
}

export async function browser() {
	mkdirSync(screenshots, { recursive: true });
	const context = await chromium.launchPersistentContext(path.join(scratch, 'profile'), {
		executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
		headless: true,
		viewport: { width: 1280, height: 800 },
		args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
			'--disable-component-update', '--disable-sync'],
	});
	await context.addInitScript({ path: fileURLToPath(import.meta.resolve('axe-core/axe.min.js')) });
	return context;
}
