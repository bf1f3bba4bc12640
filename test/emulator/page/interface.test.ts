import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasBrowser } from './support/browser.ts';
import { bubbles, LAYLA, pageTests, row, say } from './support/page-test.ts';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true } as const;
const COLOURS =
  "getComputedStyle(document.body).backgroundColor + ' ' + getComputedStyle(document.body).color";
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
const LIGHT_GROUND = 'rgb(244, 246, 248)';
const DARK_GROUND = 'rgb(14, 19, 25)';

async function html(page: Page): Promise<string> {
  return String(await page.evaluate("document.documentElement.lang + ' ' + document.documentElement.dir"));
}

describe.skipIf(!hasBrowser())('the interface', () => {
  const tests = pageTests();

  it('is Arabic from right to left when chosen, and remembers it', async () => {
    const page = await tests.open();
    await say(page, 'مرحبا (abc)');
    await page.getByRole('button', { name: 'العربية' }).click();
    expect(await html(page)).toBe('ar rtl');
    await page.reload();
    await page.getByRole('heading', { name: 'العملاء' }).waitFor();
    expect(await html(page)).toBe('ar rtl');
    await page.getByText('EMULATOR').waitFor();
    expect(await bubbles(page).first().getAttribute('dir')).toBe('auto');
    expect(await page.locator('#composer').getAttribute('dir')).toBe('auto');

    const phones = page.locator('bdi[dir="ltr"]', { hasText: LAYLA });
    expect(await phones.count()).toBeGreaterThanOrEqual(2);
    const side = await page.locator('.side').boundingBox();
    const traffic = await page.locator('.traffic').boundingBox();
    expect(side?.x).toBeGreaterThan(traffic?.x ?? Number.POSITIVE_INFINITY);

    await row(page, 'مرحبا').click();
    await page.locator('.detail').getByText('صحيح: التوقيع').waitFor();
    expect(await page.locator('.detail pre').first().getAttribute('dir')).toBe('ltr');
    await page.getByRole('button', { name: 'English' }).click();
    expect(await html(page)).toBe('en ltr');
  });

  it('begins in Arabic in an Arabic browser', async () => {
    const page = await tests.open({ locale: 'ar-SA' });
    expect(await html(page)).toBe('ar rtl');
  });

  it('is dark as the system is, or as it was switched', async () => {
    const page = await tests.open({ colorScheme: 'dark' });
    expect(await page.evaluate(COLOURS)).toContain(DARK_GROUND);
    await page.getByRole('button', { name: 'Switch to light' }).click();
    expect(await page.evaluate(COLOURS)).toContain(LIGHT_GROUND);
    await page.reload();
    await page.getByRole('button', { name: 'Switch to dark' }).waitFor();
    expect(await page.evaluate(COLOURS)).toContain(LIGHT_GROUND);
  });

  it('says that the emulator is gone, keeps what was typed, and goes on when it is back', async () => {
    const { server } = tests;
    const page = await tests.open();
    await say(page, 'before');
    await server.stop();
    await page.getByRole('alert').getByText('Connection lost').waitFor();
    const composer = page.getByRole('textbox', { name: 'Message to your app' });
    await composer.fill('while it was gone');
    await page.keyboard.press('Enter');
    await page.getByText('so nothing was done').waitFor();
    expect(await composer.inputValue()).toBe('while it was gone');
    await server.start();
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 15_000 });
    expect(await page.getByText('The emulator does not answer. Is it').count()).toBe(0);
    await composer.focus();
    await page.keyboard.press('Enter');
    await page.locator('.line-customer', { hasText: 'while it was gone' }).locator('.chip-good').waitFor();
    await server.appSends(LAYLA, 'heard again');
    await page.locator('.line-app', { hasText: 'heard again' }).waitFor();
  });

  it('forgets everything when the emulator is reset', async () => {
    const page = await tests.open();
    await say(page, 'soon forgotten');
    await page.getByRole('button', { name: 'Reset all…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reset all', exact: true }).click();
    await page.getByText('Nothing said yet').waitFor();
    await page.getByText('No traffic yet').waitFor();
  });

  it('fits a phone: one part at a time, nothing wider than the screen', async () => {
    const page = await tests.open(PHONE);
    await tests.server.appSends(LAYLA, `A link: https://example.com/${'long/'.repeat(30)}`);
    await page.locator('.line-app').waitFor();
    for (const language of ['en', 'ar']) {
      for (const view of ['customers', 'chat', 'traffic']) {
        await page.locator(`.view-tab-${view}`).click();
        expect(await page.locator('.pane:visible').count(), `${language} ${view}`).toBe(1);
        expect(await page.evaluate(OVERFLOW), `${language} ${view}`).toBe(0);
      }
      await row(page, 'send-message').click();
      await page.locator('.detail pre').first().waitFor();
      expect(await page.evaluate(OVERFLOW), `${language} detail`).toBe(0);
      await page.locator('.detail [data-back]').click();
      await page.getByRole('button', { name: language === 'en' ? 'العربية' : 'English' }).click();
    }
    await page.setViewportSize({ width: 360, height: 640 });
    expect(await page.evaluate(OVERFLOW)).toBe(0);
  });
});
