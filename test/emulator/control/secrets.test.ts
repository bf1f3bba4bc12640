import { describe, expect, it } from 'vitest';
import { createHide, maskSecret } from '../../../src/emulator/control/mask.ts';
import { startApp } from '../app.ts';
import { PHONE, send } from '../gateway.ts';
import { PREFIX, startControlled } from './support/api.ts';
import { follow } from './support/feed.ts';

const apiKey = 'a real key, used "here"'.replaceAll(' ', '~');
const secret = 'a webhook secret /ünïcode';

describe('maskSecret', () => {
  it.each([
    ['emu_key_0123456789abcdef01234567', 'emu_key_…4567'],
    ['emu_secret_0123456789abcdef01234567', 'emu_secret_…4567'],
    ['whsec_0123456789abcdef', '…cdef'],
    ['emu_key_short', 'emu_key_…'],
    ['fifteen letters', '…'],
    ['', '…'],
  ])('shows of «%s» only «%s»', (text, masked) => {
    expect(maskSecret(text)).toBe(masked);
  });
});

describe('createHide', () => {
  it('takes secrets out of texts and bytes, and leaves the rest', () => {
    const hide = createHide(['emu_key_x', 'secret-1']);
    expect(hide.text('Bearer emu_key_x, secret-1 and secret-2')).toBe('Bearer emu_key_…, … and secret-2');
    const bytes = Buffer.from([0xff, 0x00]);
    expect(hide.bytes(bytes)).toBe(bytes);
    expect(hide.bytes(Buffer.from('{"k":"secret-1"}')).toString()).toBe('{"k":"…"}');
  });

  it('leaves words that are too short to be secret', () => {
    expect(createHide(['a']).text('banana')).toBe('banana');
  });
});

describe('no answer and no event', () => {
  it('holds the API key or the secret, wherever the app has put them', async () => {
    const { url } = await startApp((_, response) => {
      response.setHeader('x-debug', encodeURI(secret)).writeHead(500);
      response.end(`<pre>WEBHOOK_SECRET=${secret}\nAPI_KEY=${apiKey}</pre>`);
    });
    const { api, gateway } = await startControlled({ apiKey, webhook: { url, secret } });
    const feed = await follow(gateway);
    await send(gateway);
    await fetch(`${gateway.url}/api/send-message?key=${encodeURIComponent(apiKey)}`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, authorization: apiKey, cookie: `k=${apiKey}` },
      body: JSON.stringify({ message: `my key is ${apiKey.replaceAll('"', '')}`, message_purpose: apiKey }),
    });
    await fetch(`${gateway.url}/${apiKey}`, { method: 'POST', body: apiKey });
    await gateway.customer(PHONE).says('x');
    await api.call('PATCH', '/state', { webhook: { url, secret } });
    gateway.faults.add({ on: 'send', type: 'reset' });
    await feed.event(({ name }) => name === 'faults');
    const texts = [JSON.stringify(feed.events)];
    for (const path of ['/state', '/messages', '/requests', '/deliveries', '/requests/emu_req_2']) {
      texts.push(await (await fetch(gateway.url + PREFIX + path)).text());
    }
    const base64 = [apiKey, secret].map((word) => Buffer.from(word).toString('base64').slice(0, 20));
    const escaped = JSON.stringify(apiKey).slice(1, -1);
    for (const text of texts) {
      for (const word of [apiKey, escaped, secret, ...base64]) expect(text).not.toContain(word);
    }
    expect(texts.join()).toContain('WEBHOOK_SECRET=…code');
  });

  it('shows HTML as anything but data', async () => {
    const { api, gateway } = await startControlled();
    const html = '<img src=x onerror=alert(1)></script><script>alert(1)</script>';
    await gateway.customer(PHONE).says(html);
    await send(gateway, { message: html });
    for (const path of ['/deliveries', '/messages', '/requests', `/deliveries/${encodeURIComponent(html)}`]) {
      const { headers, body } = await api.call('GET', path);
      expect(headers.get('content-type')).toBe('application/json');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(JSON.stringify(body)).toContain('onerror=alert(1)');
    }
  });
});
