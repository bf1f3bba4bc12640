import { describe, expect, it } from 'vitest';
import type { StartedDeliveryJson } from '../../../src/emulator/control/json-types.ts';
import type { WebhookDelivery } from '../../../src/emulator/model.ts';
import { startApp } from '../app.ts';
import { PHONE, send } from '../gateway.ts';
import { type Api, startControlled } from './support/api.ts';

/** Makes a call that begins a delivery, and waits until that has ended. */
async function begin(api: Api, path: string, body: unknown): Promise<WebhookDelivery> {
  const { status, body: answer } = await api.call<StartedDeliveryJson>('POST', path, body);
  if (status !== 202) throw new Error(JSON.stringify(answer));
  const delivery = api.gateway.deliveries.find(({ id }) => id === answer.delivery.id);
  if (delivery === undefined) throw new Error('There is no such delivery.');
  return delivery.settled();
}

describe('POST /messages', () => {
  it('plays a customer who writes', async () => {
    const { api, received } = await startControlled({ bodyStyle: 'js' });
    const delivery = await begin(api, '/messages', { from: '966501234567', text: '<b>مرحبا</b>' });
    expect(delivery).toMatchObject({ state: 'delivered', origin: 'customer' });
    expect(JSON.parse(String(received[0]?.rawBody))).toMatchObject({
      event: 'message.received',
      from: '966501234567',
      message_text: '<b>مرحبا</b>',
    });
  });

  it('answers at once, also where the app takes its time', async () => {
    const { url } = await startApp(() => undefined);
    const { api } = await startControlled({ webhook: { url, secret: 's' } });
    const { body } = await api.call<StartedDeliveryJson>('POST', '/messages', { from: PHONE, text: 'x' });
    expect(body.delivery.state).toBe('pending');
  });
});

describe('POST /opt-outs', () => {
  it('plays a customer who opts out', async () => {
    const { api, gateway, received } = await startControlled();
    await begin(api, '/opt-outs', { from: '00966501234567' });
    expect(JSON.parse(String(received[0]?.rawBody))).toMatchObject({ event: 'recipient.opted_out' });
    expect((await send(gateway)).body.error).toBe('recipient_suppressed');
  });

  it('does nothing where no webhook is set', async () => {
    const { api, gateway } = await startControlled();
    gateway.update({ webhook: null });
    expect((await api.refusal('POST', '/opt-outs', { from: PHONE })).slice(0, 2)).toEqual([
      409,
      'no_webhook',
    ]);
    expect(gateway.state.suppressed).toEqual([]);
  });
});

describe('POST /deliveries', () => {
  it('delivers any event, whatever its fields are called', async () => {
    const { api, received } = await startControlled({ bodyStyle: 'js' });
    const event = '{"event":"custom","constructor":1,"__proto__":{"x":2},"prototype":[3],"nested":{"a":"ب"}}';
    await begin(api, '/deliveries', `{"event":${event}}`);
    expect(received[0]?.rawBody.toString()).toBe(event);
  });

  it('delivers any bytes', async () => {
    const { api, received } = await startControlled();
    const bytes = Buffer.from([0xff, 0x00, 0x80, 0x0a]);
    await begin(api, '/deliveries', { bodyBase64: bytes.toString('base64') });
    await begin(api, '/deliveries', { bodyBase64: '' });
    expect(received.map(({ rawBody }) => rawBody)).toEqual([bytes, Buffer.alloc(0)]);
  });

  it('takes a megabyte of bytes', async () => {
    const { api, received } = await startControlled();
    await begin(api, '/deliveries', { bodyBase64: Buffer.alloc(1_024 * 1_024, 7).toString('base64') });
    expect(received[0]?.rawBody.length).toBe(1_024 * 1_024);
  });
});

describe('POST /deliveries/{id}/resend', () => {
  it('makes the delivery anew, the same to the byte, or with another body', async () => {
    const { api, gateway, received } = await startControlled({ bodyStyle: 'js' });
    const first = await gateway.customer(PHONE).says('one');
    await gateway.clock.advance('1h');
    const path = `/deliveries/${first.id}/resend`;
    const retry = await begin(api, path, { mode: 'retry' });
    const exact = await begin(api, path, { mode: 'exact' });
    const edited = await begin(api, path, { mode: 'edited', bodyText: '{"event":"edited"}' });
    for (const delivery of [retry, exact, edited]) {
      expect(delivery).toMatchObject({ origin: 'resend', resendOf: first.id, state: 'delivered' });
    }
    const stamps = received.map(({ headers }) => headers['x-whatsapp-gateway-timestamp']);
    expect(stamps[2]).toBe(stamps[0]);
    expect(stamps[1]).not.toBe(stamps[0]);
    expect(received.map(({ rawBody }) => rawBody.toString()).slice(1)).toEqual([
      String(received[0]?.rawBody),
      String(received[0]?.rawBody),
      '{"event":"edited"}',
    ]);
  });

  it('finds no exact bytes of what was never sent', async () => {
    const { api, gateway } = await startControlled();
    gateway.faults.add({ on: 'delivery', type: 'drop' });
    const { id } = await gateway.customer(PHONE).says('x');
    const [status, code, message] = await api.refusal('POST', `/deliveries/${id}/resend`, { mode: 'exact' });
    expect([status, code]).toEqual([409, 'nothing_to_repeat']);
    expect(message).toContain('Use mode retry.');
  });

  it('knows only deliveries that are kept', async () => {
    const { api } = await startControlled();
    const [status, code] = await api.refusal('POST', '/deliveries/emu_del_9/resend', { mode: 'retry' });
    expect([status, code]).toEqual([404, 'not_found']);
  });
});

describe('what begins a delivery', () => {
  it.each([
    ['/messages', { from: PHONE, text: 'x' }],
    ['/opt-outs', { from: PHONE }],
    ['/deliveries', { event: { event: 'x' } }],
  ])('says at %s how to set a webhook where there is none', async (path, body) => {
    const { api, gateway } = await startControlled();
    gateway.update({ webhook: null });
    const [status, code, message] = await api.refusal('POST', path, body);
    expect([status, code]).toEqual([409, 'no_webhook']);
    expect(message).toContain('PATCH /__emulator/v1/state');
  });

  it.each([
    ['/messages', {}, 'POST /messages: from is missing.'],
    ['/messages', { from: PHONE }, 'POST /messages: text is missing.'],
    ['/messages', { from: PHONE, text: 7 }, 'POST /messages: text cannot be used. Give a string.'],
    ['/messages', { from: PHONE, texts: 'x' }, 'there is no option "texts". Did you mean text?'],
    [
      '/messages',
      { from: '0501234567', text: 'x' },
      'POST /messages: option from is "0501234567". Give an international phone',
    ],
    ['/opt-outs', { form: PHONE }, 'Did you mean from?'],
    ['/opt-outs', { from: '' }, 'Give an international phone'],
    ['/deliveries', {}, 'POST /deliveries: give either event or bodyBase64.'],
    ['/deliveries', { event: {}, bodyBase64: '' }, 'give either event or bodyBase64.'],
    ['/deliveries', { event: [] }, 'POST /deliveries: event must be an object.'],
    ['/deliveries', { event: null }, 'POST /deliveries: event must be an object.'],
    ['/deliveries', { bodyBase64: 'a' }, 'bodyBase64 is not Base64'],
    ['/deliveries', { bodyBase64: 'é' }, 'bodyBase64 is not Base64'],
    ['/deliveries', { body: '' }, 'Did you mean bodyBase64?'],
  ])('refuses at %s %j', async (path, body, message) => {
    const { api, gateway } = await startControlled();
    const [status, code, text] = await api.refusal('POST', path, body);
    expect([status, code]).toEqual([400, 'invalid_body']);
    expect(text).toContain(message);
    expect(gateway.deliveries).toEqual([]);
  });

  it.each([
    [{ mode: 'again' }, 'mode cannot be used. Give one of retry, exact, edited.'],
    [{ mode: 'edited' }, 'give bodyText with mode edited, and with no other.'],
    [{ mode: 'retry', bodyText: '' }, 'give bodyText with mode edited, and with no other.'],
    [{ mode: 'edited', bodytext: '' }, 'Did you mean bodyText?'],
  ])('refuses to resend by %j', async (body, message) => {
    const { api, gateway } = await startControlled();
    const { id } = await gateway.customer(PHONE).says('x');
    const [status, code, text] = await api.refusal('POST', `/deliveries/${id}/resend`, body);
    expect([status, code]).toEqual([400, 'invalid_body']);
    expect(text).toContain(message);
  });
});
