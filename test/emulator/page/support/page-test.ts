import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launchBrowser, openPage, type WatchedPage } from './browser.ts';
import { type PageServer, startPageServer } from './page-server.ts';

/** The customer whom the page plays at first. */
export const LAYLA = '+966501234567';
export const FAISAL = '+966559876543';

const TABS_MAX = 60;

interface PageTests {
  readonly server: PageServer;
  /** Opens the page; when the test ends it is closed and must have done nothing that it must not. */
  open(options?: BrowserContextOptions): Promise<Page>;
}

/** One browser for a file of tests, and a fresh emulator for each that asks for one. */
export function pageTests(): PageTests {
  let browser: Browser;
  let server: PageServer;
  let opened: WatchedPage[] = [];

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startPageServer()]);
  });

  afterEach(async () => {
    const troubles = opened.flatMap((each) => each.troubles);
    await Promise.all(opened.map((each) => each.close()));
    opened = [];
    server.app.answerWith(200);
    await server.reset();
    expect(troubles).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  return {
    get server() {
      return server;
    },
    async open(options) {
      const page = await openPage(browser, server.url, options);
      opened.push(page);
      return page.page;
    },
  };
}

/** Presses Tab, or Shift+Tab, until the element has the focus. */
export async function tabTo(page: Page, wanted: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let pressed = 0; pressed < TABS_MAX; pressed += 1) {
    if (await isFocused(wanted)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not lead to ${wanted}`);
}

export async function isFocused(wanted: Locator): Promise<boolean> {
  return (await wanted.count()) > 0 && wanted.first().evaluate((element) => element.matches(':focus'));
}

/** The app's and the customer's bubbles of the open chat. */
export function bubbles(page: Page): Locator {
  return page.locator('.chat .bubble');
}

export function row(page: Page, text: string): Locator {
  return page.locator('.traffic-list .row', { hasText: text });
}

/** Waits until the customer's text has come to the app, and so to the page. */
export async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message to your app' }).fill(text);
  await page.keyboard.press('Enter');
  await page.locator('.line-customer', { hasText: text }).locator('.chip', { hasText: '200' }).waitFor();
}
