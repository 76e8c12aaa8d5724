// page.mjs URL LEAST: opens the risk graph in Chromium, waits for the page itself where it is not there yet, and prints
// how many assessments it shows as soon as it shows LEAST. Fails on errors in the page's console.
import { chromium } from "../browser/node_modules/playwright-core/index.mjs";

const [url, least] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });

async function open(page) {
	for (;;) {
		try {
			return await page.goto(url);
		} catch {
			await new Promise((later) => setTimeout(later, 100));
		}
	}
}

try {
	const page = await browser.newPage();
	await open(page);
	page.setDefaultTimeout(0);
	const errors = [];
	page.on("pageerror", (error) => errors.push(error.message));
	page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
	await page.locator("#window").selectOption("all");
	const shown = await page.waitForFunction(
		(least) => {
			const count = Number(document.getElementById("shown").textContent.replaceAll(",", ""));
			return count >= least && count;
		},
		Number(least),
		{ timeout: 0, polling: 50 },
	);
	console.log(await shown.jsonValue());
	if (errors.length) throw new Error(errors.join("\n"));
} finally {
	await browser.close();
}
