import { describe, expect, it } from 'vitest';
import type {
  DeliveryJson,
  ListJson,
  MessageJson,
  RequestJson,
} from '../../../src/emulator/control/json-types.ts';
import { PHONE, send } from '../gateway.ts';
import { startControlled } from './support/api.ts';

describe('GET /messages', () => {
  it('shows what the gateway took', async () => {
    const { api, gateway } = await startControlled();
    await send(gateway, { phone: '00966501234567', message: 'طلبك في الطريق' });
    const { items } = await api.get<ListJson<MessageJson>>('/messages');
    expect(items).toEqual([
      {
        id: 'emu_msg_1',
        logId: 1,
        requestId: 'emu_req_1',
        instanceId: 'emu_instance',
        phone: PHONE,
        text: 'طلبك في الطريق',
        purpose: 'transactional',
        at: gateway.messages[0]?.at.toISOString(),
      },
    ]);
  });
});

describe('GET /requests', () => {
  it('shows what was asked and answered, by its id too', async () => {
    const { api, gateway } = await startControlled();
    await send(gateway, { message: 'كم بقي؟' });
    const { items } = await api.get<ListJson<RequestJson>>('/requests');
    const [request] = items;
    expect(request).toMatchObject({
      id: 'emu_req_1',
      method: 'POST',
      path: '/api/send-message',
      phone: PHONE,
      text: 'كم بقي؟',
      purpose: 'transactional',
      answer: { status: 200, headers: { 'content-type': 'application/json' } },
      code: null,
      why: null,
      docsUrl: null,
      messageId: 'emu_msg_1',
      fault: null,
    });
    expect(Buffer.from(request?.bodyBase64 ?? '', 'base64').toString()).toBe(request?.bodyText);
    expect(await api.get('/requests/emu_req_1')).toEqual(request);
  });

  it('says why one was refused', async () => {
    const { api, gateway } = await startControlled();
    gateway.suppress(PHONE);
    await send(gateway);
    expect(await api.get<RequestJson>('/requests/emu_req_1')).toMatchObject({
      code: 'recipient_suppressed',
      why: expect.any(String),
      docsUrl: expect.stringContaining('#recipient_suppressed'),
      messageId: null,
      answer: { status: 403 },
    });
  });

  it('has no answer where a fault left the app without one', async () => {
    const { api, gateway } = await startControlled();
    gateway.faults.add({ on: 'send', type: 'reset', when: 'after' });
    await send(gateway).catch(() => undefined);
    expect(await api.get<RequestJson>('/requests/emu_req_1')).toMatchObject({
      answer: null,
      fault: 'reset',
      messageId: 'emu_msg_1',
    });
  });
});

describe('GET /deliveries', () => {
  it('shows every attempt with its signature, by its id too', async () => {
    const { api, gateway, received } = await startControlled();
    const delivery = await gateway.customer('966501234567').says('أين طلبي؟');
    const json = await api.get<DeliveryJson>(`/deliveries/${delivery.id}`);
    const body = received[0]?.rawBody ?? Buffer.alloc(0);
    const timestamp = String(received[0]?.headers['x-whatsapp-gateway-timestamp']);
    const signature = String(received[0]?.headers['x-whatsapp-gateway-signature']);
    expect(json).toMatchObject({
      id: delivery.id,
      event: 'message.received',
      from: '966501234567',
      text: 'أين طلبي؟',
      state: 'delivered',
      origin: 'customer',
      resendOf: null,
      nextAttemptAt: null,
    });
    expect(json.attempts).toMatchObject([
      {
        number: 1,
        bodyText: body.toString(),
        bodyBase64: body.toString('base64'),
        signature: {
          timestampHeader: timestamp,
          signedText: `${timestamp}.${body}`,
          expected: signature,
          sent: signature,
          ageSeconds: expect.any(Number),
        },
        response: { status: 200, bodyText: 'ok' },
        error: null,
        durationMs: expect.any(Number),
      },
    ]);
    expect(await api.get('/deliveries')).toEqual({ items: [json], before: null });
  });

  it('shows why an app was not reached, and when it is tried next', async () => {
    const { api, gateway } = await startControlled({ webhook: { url: 'http://127.0.0.1:9/hook' } });
    const { id } = await gateway.customer(PHONE).says('x');
    const { attempts, ...delivery } = await api.get<DeliveryJson>(`/deliveries/${id}`);
    expect(attempts[0]).toMatchObject({
      response: null,
      error: { code: 'ECONNREFUSED' },
      hint: expect.any(String),
    });
    expect(delivery).toMatchObject({ state: 'pending', nextAttemptAt: expect.any(String) });
  });
});

describe('a list', () => {
  async function withMessages(count: number, historyLimit = 1_000) {
    const controlled = await startControlled({ plan: 'unlimited', historyLimit });
    for (let number = 1; number <= count; number += 1)
      await send(controlled.gateway, { message: `${number}` });
    return controlled;
  }
  const texts = ({ items }: ListJson<MessageJson>): string[] => items.map(({ text }) => text);

  it('has the newest first', async () => {
    const { api } = await withMessages(3);
    expect(texts(await api.get('/messages'))).toEqual(['3', '2', '1']);
  });

  it('goes on where the page before ended', async () => {
    const { api } = await withMessages(5);
    const seen: string[] = [];
    let before: string | null = '';
    for (let pages = 0; before !== null && pages < 9; pages += 1) {
      const path: string = before === '' ? '/messages?limit=2' : `/messages?limit=2&before=${before}`;
      const page: ListJson<MessageJson> = await api.get(path);
      seen.push(texts(page).join());
      before = page.before;
    }
    expect(seen).toEqual(['5,4', '3,2', '1']);
  });

  it('has nothing before the oldest, nor before one that is not kept any more', async () => {
    const { api } = await withMessages(3, 2);
    expect(texts(await api.get('/messages'))).toEqual(['3', '2']);
    for (const before of ['emu_msg_2', 'emu_msg_1', 'nonsense']) {
      expect(await api.get(`/messages?before=${before}`)).toEqual({ items: [], before: null });
    }
  });

  it('ends early where the records are large, and loses none', async () => {
    const { api, gateway } = await startControlled();
    for (let number = 1; number <= 8; number += 1) {
      await gateway.deliver({ event: 'x', number, pad: 'x'.repeat(800_000) });
    }
    const seen: string[] = [];
    let page: ListJson<DeliveryJson> = await api.get('/deliveries');
    expect(page.items.length).toBeLessThan(8);
    for (;;) {
      seen.push(...page.items.map(({ id }) => id));
      if (page.before === null) break;
      page = await api.get(`/deliveries?before=${page.before}`);
    }
    expect(seen).toEqual(gateway.deliveries.map(({ id }) => id).reverse());
  });

  it.each(['0', '1001', '-1', '1.5', 'all', '', '1e3'])('refuses a limit of «%s»', async (limit) => {
    const { api } = await startControlled();
    expect(await api.refusal('GET', `/requests?limit=${limit}`)).toEqual([
      400,
      'invalid_query',
      'GET /requests: limit cannot be used. Give a whole number from 1 to 1000, or leave it out.',
    ]);
  });

  it('refuses a parameter that does not exist, with the nearest one', async () => {
    const { api } = await startControlled();
    const [status, code, message] = await api.refusal('GET', '/deliveries?limits=3');
    expect([status, code]).toEqual([400, 'invalid_query']);
    expect(message).toContain('Did you mean limit?');
  });
});

describe('one record', () => {
  it.each([
    '/requests/emu_req_9',
    '/deliveries/emu_del_9',
    '/deliveries/..%2f..',
    '/requests/%',
    '/requests/__proto__',
  ])('is not found at %s', async (path) => {
    const { api } = await startControlled();
    const [status, code, message] = await api.refusal('GET', path);
    expect([status, code]).toEqual([404, 'not_found']);
    expect(message).toContain('(any more)');
  });
});
