import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasBrowser } from './support/browser.ts';
import { FAISAL, isFocused, LAYLA, pageTests, row, say } from './support/page-test.ts';

const ORIGINAL = /Original/u;
const FIRST_ATTEMPT = /Attempt 1/u;
const SECOND_ATTEMPT = /Attempt 2/u;
const SIGNED = /^[0-9TZ:.-]+\.\{"event":"message.received"/u;
const FLOOD = 10_000;
const AT_ONCE = 50;
/** Generous: the machine is shared. A list drawn whole takes seconds. */
const KEYSTROKE_MS = 500;

async function openDelivery(page: Page, text: string): Promise<void> {
  await row(page, text).first().click();
  await page.locator('.detail').getByText('message.received').first().waitFor();
}

describe.skipIf(!hasBrowser())('the traffic', () => {
  const tests = pageTests();

  it('resends as a fresh retry and as the exact bytes', async () => {
    const { app } = tests.server;
    const page = await tests.open();
    await say(page, 'again / ثانية');
    const body = app.bodies.at(-1);
    const before = app.bodies.length;
    await openDelivery(page, 'again');
    const timestamp = page.locator('.detail .fact', { hasText: 'Timestamp' }).locator('bdi');
    const signedAt = await timestamp.textContent();

    await tests.server.advance('1h');
    await page.getByRole('button', { name: 'Same bytes' }).click();
    await page.getByText('Deliveries of this event').waitFor();
    await expect.poll(() => app.bodies.length).toBe(before + 1);
    expect(app.bodies.at(-1)).toBe(body);
    await expect.poll(() => timestamp.textContent()).toBe(signedAt);

    await page.getByRole('button', { name: 'Retry' }).click();
    await expect.poll(() => app.bodies.length).toBe(before + 2);
    expect(app.bodies.at(-1)).toBe(body);
    await expect.poll(() => timestamp.textContent()).not.toBe(signedAt);
    expect(await page.locator('.family-member').count()).toBe(3);
    await page.getByRole('button', { name: ORIGINAL }).click();
    expect(await row(page, 'Resent').count()).toBe(2);
  });

  it('resends an edited body, JSON or not', async () => {
    const { app } = tests.server;
    const page = await tests.open();
    await say(page, 'before the edit');
    await openDelivery(page, 'before the edit');
    await page.getByRole('button', { name: 'Edit…' }).click();
    const editor = page.getByRole('textbox', { name: 'Body' });
    const edited = (await editor.inputValue()).replace('before', 'after');
    await editor.fill('{ not JSON');
    await page.getByText('This is not JSON.').waitFor();
    await editor.fill(edited);
    await page.getByRole('button', { name: 'Send edited' }).click();
    await expect.poll(() => app.bodies.at(-1)).toBe(edited);
    await page.locator('.line-customer', { hasText: 'after the edit' }).getByText('Edited resend').waitFor();
  });

  it('shows each attempt with its signature, and where a wrong one differs', async () => {
    const page = await tests.open();
    await page.getByRole('button', { name: 'Faults' }).click();
    await page.getByRole('radio', { name: 'Deliveries to the app' }).check();
    await page.getByLabel('What happens').selectOption('wrong-signature');
    await page.getByRole('button', { name: 'Add a fault' }).click();
    await page.getByText('1 of 1 left').waitFor();
    await page.keyboard.press('Escape');
    tests.server.app.answerWith(401);
    await page.getByRole('textbox', { name: 'Message to your app' }).fill('signed?');
    await page.keyboard.press('Enter');
    await row(page, 'signed?').getByText('401').first().waitFor();
    await openDelivery(page, 'signed?');
    await page.getByRole('tab', { name: FIRST_ATTEMPT }).click();
    await page.getByText('Wrong: the signature does not belong to these bytes.').waitFor();
    await page.getByText('First difference at character').waitFor();
    expect(await page.locator('.signature mark').count()).toBeGreaterThan(0);
    await page.getByRole('tab', { name: SECOND_ATTEMPT }).click();
    await page.getByText('Yet the app answered 401').waitFor();
    const signed = await page.locator('.detail pre').first().textContent();
    expect(signed).toMatch(SIGNED);
  });

  it('filters by text, kind and failures, and gives the focus back', async () => {
    const { server } = tests;
    const page = await tests.open();
    await say(page, 'green apples');
    await server.appSends(LAYLA, 'red pears');
    await page.getByRole('button', { name: 'Opt out…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Opt out', exact: true }).click();
    await page.getByText('Opted out. The').waitFor();
    await server.appSends(LAYLA, 'blue plums');
    await row(page, 'blue plums').waitFor();
    expect(await page.locator('.row').count()).toBe(4);
    await page.getByRole('searchbox').fill('PEARS');
    await expect.poll(() => page.locator('.row').count()).toBe(1);
    await page.getByRole('searchbox').fill('');
    await page.getByRole('radio', { name: 'Deliveries' }).check();
    await expect.poll(() => page.locator('.row').count()).toBe(2);
    await page.getByRole('radio', { name: 'All' }).check();
    await page.getByLabel('Failures only').check();
    await expect.poll(() => page.locator('.row').count()).toBe(1);
    await row(page, 'blue plums').focus();
    await page.keyboard.press('Enter');
    await page.locator('.detail').getByText('recipient_suppressed').first().waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => isFocused(row(page, 'blue plums'))).toBe(true);
    await page.getByRole('searchbox').fill('no such thing');
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await expect.poll(() => page.locator('.row').count()).toBe(4);
  });

  it('sets faults, the plan, the instance and the clock', async () => {
    const page = await tests.open();
    await page.getByRole('button', { name: 'Faults' }).click();
    await page.getByLabel('What happens').selectOption('throttle');
    await page.getByLabel('Retry-After, seconds').fill('7');
    await page.getByLabel('How many times').fill('3');
    await page.getByRole('button', { name: 'Add a fault' }).click();
    await page.getByText('3 of 3 left').waitFor();
    await page.getByText('retryAfterSeconds 7').waitFor();
    await page.getByRole('button', { name: 'Remove: Throttle (429)' }).click();
    await page.getByText('No faults are set.').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => isFocused(page.getByRole('button', { name: 'Faults' }))).toBe(true);

    await tests.server.appSends(FAISAL, 'counted');
    await page.getByText('1 / 100').first().waitFor();
    await page.getByLabel('Plan').selectOption('growth');
    await page.getByText('1 / 500').first().waitFor();
    // What the server says of one change may come after the click for the next, so the switch is watched, not asked once.
    const connected = page.getByRole('switch', { name: 'Instance connected' });
    await connected.click();
    await expect.poll(async () => (await tests.server.state()).instanceState).toBe('close');
    await expect.poll(() => connected.isChecked()).toBe(false);
    await connected.click();
    await expect.poll(async () => (await tests.server.state()).instanceState).toBe('open');
    await expect.poll(() => connected.isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Advance by 25h' }).click();
    await page.getByText('+25 h', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Other…' }).click();
    await page.getByRole('textbox', { name: 'Advance by' }).fill('soon');
    await page.keyboard.press('Enter');
    await page.getByText('That did not work').waitFor();
    await page.getByRole('textbox', { name: 'Advance by' }).fill('90m');
    await page.keyboard.press('Enter');
    await page.getByText('+26 h 30 min').waitFor();
    await page.getByRole('button', { name: 'Back to now' }).click();
    await expect.poll(() => page.getByText('+26 h 30 min').count()).toBe(0);
  });

  it('goes to another webhook once that is set', async () => {
    const { server } = tests;
    const page = await tests.open();
    await server.change({ webhook: null });
    await page.getByText('Not set: nothing can be delivered.').waitFor();
    await page.getByRole('textbox', { name: 'Message to your app' }).fill('hello?');
    await page.keyboard.press('Enter');
    await page.getByText('Set it under').waitFor();
    await page.getByRole('button', { name: 'Change the webhook' }).click();
    await page.getByLabel('Your app’s address for deliveries').fill(server.app.url);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.webhook-url').waitFor();
    await say(page, 'hello!');
  });

  it('stays bounded and answers a keystroke with 10,000 messages behind it', {
    timeout: 400_000,
  }, async () => {
    const { server } = tests;
    await server.change({ plan: 'unlimited', throttle: null });
    const page = await tests.open();
    for (let sent = 0; sent < FLOOD; sent += AT_ONCE) {
      await Promise.all(
        Array.from({ length: AT_ONCE }, (_, at) => server.appSends(LAYLA, `message ${sent + at} of many`)),
      );
    }
    await bubbleOf(page, FLOOD - 1);
    expect(await page.locator('.traffic-count').textContent()).toBe('1000 of 1000');
    expect(await page.locator('.row').count()).toBe(100);
    expect(await page.locator('.line').count()).toBeLessThanOrEqual(60);

    await page.getByRole('searchbox').focus();
    const times: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const began = performance.now();
      await page.keyboard.press('8');
      await page.locator('.traffic-count', { hasNotText: '1000 of' }).waitFor();
      times.push(performance.now() - began);
      await page.keyboard.press('Backspace');
      await page.locator('.traffic-count', { hasText: '1000 of' }).waitFor();
    }
    // The quickest: a busy machine only ever adds to what the page itself needs.
    expect(Math.min(...times)).toBeLessThan(KEYSTROKE_MS);
    await page.keyboard.press('8');
    await page.locator('.traffic-count', { hasNotText: '1000 of' }).waitFor();
    await page.getByRole('button', { name: 'Show older' }).click();
    expect(await page.locator('.row').count()).toBe(200);
    await say(page, 'still here');
  });
});

async function bubbleOf(page: Page, number: number): Promise<void> {
  await page.locator('.line-app', { hasText: `message ${number} of many` }).waitFor({ timeout: 30_000 });
}
