import axe from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasBrowser } from './support/browser.ts';
import { LAYLA, pageTests, row, say } from './support/page-test.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const LEAST_TARGET_PX = 24;

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe finds serious or critical, with the element. */
async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const run = `axe.run(document, ${JSON.stringify({ runOnly: TAGS })}).then(({ violations }) => violations)`;
  const found = (await page.evaluate(run)) as readonly Finding[];
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ''}`));
}

async function smallTargets(page: Page): Promise<unknown> {
  return page.evaluate(`[...document.querySelectorAll('button, select, input, textarea')]
    .filter((element) => element.checkVisibility() && !element.matches('.skip, .segment input, .check input, .switch'))
    .filter((element) => element.getBoundingClientRect().height < ${LEAST_TARGET_PX})
    .map((element) => element.outerHTML.slice(0, 120))`);
}

const looks: readonly (readonly [string, BrowserContextOptions])[] = [
  ['English, light', { colorScheme: 'light' }],
  ['Arabic, dark', { colorScheme: 'dark', locale: 'ar-SA' }],
  ['Arabic, light, phone', { colorScheme: 'light', locale: 'ar-SA', viewport: { width: 390, height: 844 } }],
  ['English, dark, phone', { colorScheme: 'dark', viewport: { width: 390, height: 844 } }],
];

describe.skipIf(!hasBrowser())('axe finds nothing serious', () => {
  const tests = pageTests();

  it.each(looks)('in each state: %s', { timeout: 60_000 }, async (_name, options) => {
    const { server } = tests;
    const page = await tests.open(options);
    const phone = options.viewport !== undefined;
    const show = async (view: string): Promise<void> => {
      if (phone) await page.locator(`.view-tab-${view}`).click();
    };
    const check = async (state: string): Promise<void> => {
      expect(await seriousFindings(page), state).toEqual([]);
      expect(await smallTargets(page), state).toEqual([]);
    };
    await check('empty');
    await show('traffic');
    await check('empty traffic');

    server.app.answerWith(401);
    await server.say(LAYLA, 'مرحبا');
    await row(page, 'مرحبا').getByText('401').first().waitFor();
    server.app.answerWith(200);
    await server.appSends(LAYLA, 'Hello');
    await server.addFault({ on: 'send', type: 'status', when: 'after', times: 1, params: { status: 503 } });
    await server.appSends(LAYLA, 'Hidden');
    await server.optOut(LAYLA);
    await server.appSends(LAYLA, 'Refused');
    await server.addFault({ on: 'delivery', type: 'wrong-signature', times: 2 });
    await row(page, 'Refused').waitFor();
    await check('traffic');
    await row(page, 'مرحبا').click();
    await page.locator('.signature').first().waitFor();
    await check('delivery');
    await page.locator('.resend-bar button').last().click();
    await page.locator('.editor').waitFor();
    await check('editor');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await row(page, 'Refused').click();
    await page.locator('.detail .callout-bad').waitFor();
    await check('request');
    await page.keyboard.press('Escape');
    await show('chat');
    await check('chat');
    await show('customers');
    await check('customers');
    await page.locator('.top-bar .button').first().click();
    await page.locator('.fault').first().waitFor();
    await check('faults');
    await page.keyboard.press('Escape');
    await page.locator('.side .pane-head button').click();
    await page.locator('dialog[open] input').first().waitFor();
    await check('new customer');
  });

  it('when the emulator is gone', async () => {
    const page = await tests.open();
    await say(page, 'hello');
    await tests.server.stop();
    await page.getByRole('alert').getByText('Connection lost').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await tests.server.start();
  });
});
