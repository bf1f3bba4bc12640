import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const LIVE = /^(Live|مباشر)$/u;
const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) => {
  console.error('Content Security Policy: ' + event.violatedDirective + ' ' + event.blockedURI);
})`;
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Whether there is a browser. Without one the tests are skipped, and say so; in CI that would hide them. */
export function hasBrowser(): boolean {
  if (existsSync(CHROMIUM)) return true;
  const message = `No Chromium at ${CHROMIUM} (apt-get install chromium, or set CHROMIUM_PATH).`;
  if (process.env.CI !== undefined) throw new Error(message);
  console.warn(`Tests of the emulator's page are skipped. ${message}`);
  return false;
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: QUIET });
}

/** A page and everything about it that must not happen. */
export interface WatchedPage {
  readonly page: Page;
  /** Requests to elsewhere, violations of the CSP, and errors nobody caught. */
  readonly troubles: readonly string[];
  close(): Promise<void>;
}

/** Opens the page in a browser profile of its own. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    ...options,
  });
  const troubles: string[] = [];
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== url && protocol !== 'data:') troubles.push(`request to ${request.url()}`);
  });
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) troubles.push(message.text());
  });
  await page.addInitScript({ content: REPORT_VIOLATIONS });
  await page.goto(url);
  await page.getByText(LIVE).waitFor({ state: 'attached' });
  return { page, troubles, close: () => context.close() };
}
