// Plain TAP: prove can't read the YAML of node's own reporter.
const comment = text => text.trimEnd().split('\n').map(line => `# ${line}\n`).join('');

export default async function* tap(events) {
	let count = 0;
	for await (const { type, data } of events) {
		if (type === 'test:diagnostic' && data.nesting === 0 && data.file && !/^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /.test(data.message))
			yield comment(data.message);
		if (type !== 'test:pass' && type !== 'test:fail') continue;
		yield `${type === 'test:pass' ? 'ok' : 'not ok'} ${++count} - ${data.name}\n`;
		const { error } = data.details;
		if (error) yield comment(String(error.cause?.stack ?? error.cause ?? error.stack));
	}
	yield `1..${count}\n`;
}
