import { describe, expect, it } from 'vitest';
import { hasBrowser } from './support/browser.ts';
import { bubbles, FAISAL, isFocused, LAYLA, pageTests, row, say, tabTo } from './support/page-test.ts';

const JAVASCRIPT_IN_TEXT = '<img src=x onerror="document.title=\'hacked\'"><b>bold</b> &amp;';

describe.skipIf(!hasBrowser())('the chat', () => {
  const tests = pageTests();

  it('is had by keyboard alone', async () => {
    const { server } = tests;
    const page = await tests.open();
    const composer = page.getByRole('textbox', { name: 'Message to your app' });

    await page.keyboard.press('Tab');
    expect(await isFocused(page.getByRole('button', { name: 'Skip to the message box' }))).toBe(true);
    await page.keyboard.press('Enter');
    await expect.poll(() => isFocused(composer)).toBe(true);
    await page.keyboard.type('مرحبا');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('أين طلبي؟');
    await page.keyboard.press('Enter');
    await page.locator('.line-customer .chip', { hasText: '200' }).waitFor();
    expect(await bubbles(page).first().textContent()).toBe('مرحبا\nأين طلبي؟');
    expect(await composer.inputValue()).toBe('');
    expect(JSON.parse(server.app.bodies.at(-1) ?? '')).toMatchObject({ message_text: 'مرحبا\nأين طلبي؟' });

    await server.appSends(LAYLA, 'On its way');
    await page.locator('.line-app', { hasText: 'On its way' }).waitFor();
    expect(await page.getByRole('log').textContent()).toBe('Your app wrote: On its way');

    const link = page.locator('.line-app .bubble-link');
    await tabTo(page, link, 'Shift+Tab');
    await page.keyboard.press('ArrowUp');
    expect(await isFocused(page.locator('.line-customer .bubble-link'))).toBe(true);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.locator('.detail').getByText('POST /api/send-message').first().waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => isFocused(link)).toBe(true);

    const firstCustomer = page.locator('.customer').first();
    await tabTo(page, firstCustomer, 'Shift+Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Chat with Faisal Al-Harbi' }).waitFor();
    expect(await bubbles(page).count()).toBe(0);
  });

  it('shows an opt-out and the send refused after it, with its code and why', async () => {
    const page = await tests.open();
    await page.getByRole('button', { name: 'Opt out…' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Opt this customer out?' });
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    expect(await page.locator('.line').count()).toBe(0);
    await expect.poll(() => isFocused(page.getByRole('button', { name: 'Opt out…' }))).toBe(true);

    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Opt out', exact: true }).click();
    await page.getByText('Opted out. The gateway refuses messages to this number.').waitFor();
    await page.locator('.line-event .chip', { hasText: '200' }).waitFor();
    await page.locator('.customer', { hasText: LAYLA }).getByText('Opted out').waitFor();

    expect(await tests.server.appSends(LAYLA, 'One more thing')).toBe(403);
    const refused = page.locator('.fate-refused', { hasText: 'One more thing' });
    await refused.getByText('recipient_suppressed', { exact: true }).waitFor();
    await refused.getByText('What this means: docs/errors.md#recipient_suppressed').waitFor();
    expect(await page.getByRole('log').textContent()).toContain('recipient_suppressed');
    await refused.getByRole('button').click();
    await page.locator('.detail').getByText('Refused: recipient_suppressed').waitFor();

    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Opt out…' }).waitFor();
    expect(await tests.server.appSends(LAYLA, 'Welcome back')).toBe(200);
  });

  it('tells a message that was sent although the app was told otherwise', async () => {
    const page = await tests.open();
    await page.getByRole('button', { name: 'Faults' }).click();
    await page.getByLabel('The message').selectOption('after');
    await page.getByRole('button', { name: 'Add a fault' }).click();
    await page.getByText('1 of 1 left').waitFor();
    await page.keyboard.press('Escape');
    await tests.server.appSends(LAYLA, 'Was it sent?');
    await page.getByText('Sent, but your app was not told so').waitFor();
  });

  it('counts what other customers have not read', async () => {
    const page = await tests.open();
    await tests.server.appSends(FAISAL, 'First');
    await tests.server.appSends(FAISAL, 'Second');
    const faisal = page.locator('.customer', { hasText: FAISAL });
    await faisal.getByText('2 unread messages').waitFor({ state: 'attached' });
    await faisal.click();
    await page.locator('.line-app', { hasText: 'Second' }).waitFor();
    expect(await faisal.locator('.count').count()).toBe(0);
  });

  it('keeps a customer who was added by number, and refuses a number that cannot be', async () => {
    const page = await tests.open();
    await page.getByRole('button', { name: 'Add a customer' }).click();
    await page.getByLabel('Phone number').fill('12');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('alert').getByText('international').waitFor();
    await page.getByLabel('Phone number').fill('٠٠٩٦٦ ٥٠ ٧٧٧ ٨٨ ٩٩');
    await page.getByLabel('Name (optional)').fill('نورة');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('heading', { name: 'Chat with نورة' }).waitFor();
    await say(page, 'hello');
    await page.reload();
    await page.locator('.customer', { hasText: '+966507778899' }).getByText('نورة').waitFor();
  });

  it('shows HTML in a text as text', async () => {
    const page = await tests.open();
    await say(page, JAVASCRIPT_IN_TEXT);
    await tests.server.appSends(LAYLA, JAVASCRIPT_IN_TEXT);
    await page.locator('.line-app').waitFor();
    expect(await bubbles(page).allTextContents()).toEqual([JAVASCRIPT_IN_TEXT, JAVASCRIPT_IN_TEXT]);
    await row(page, 'send-message').click();
    await page.locator('.detail pre').first().waitFor();
    expect(await page.locator('img, .bubble b, pre b').count()).toBe(0);
    expect(await page.title()).toBe('EMULATOR · WhatsApp Gateway');
  });
});
