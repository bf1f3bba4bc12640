import { describe, expect, it } from 'vitest';
import { createRoutes } from '../../../src/emulator/control/control.ts';
import { controlErrorStatuses } from '../../../src/emulator/control/errors.ts';
import type { ErrorCodeJson } from '../../../src/emulator/control/json-types.ts';
import {
  DEFAULT_LIST_LIMIT,
  FEED_LIMIT,
  MAX_FEED_CLIENTS,
  MAX_LIST_LIMIT,
} from '../../../src/emulator/control/limits.ts';
import openapi from '../../../src/emulator/control/openapi.json' with { type: 'json' };
import { deliveryFaultTypes, sendFaultTypes } from '../../../src/emulator/fault-fields.ts';
import { PHONE, send, startGateway } from '../gateway.ts';
import { type Api, startControlled } from './support/api.ts';
import { findOperation, paths, problems, resolveResponse, schemas } from './support/description.ts';
import { follow } from './support/feed.ts';

const REF = /"\$ref":"#\/([^"]+)"/gu;
const CODE = /`([a-z_]+)`:/gu;

const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

/** A call of every operation that works, where one message, delivery and fault are there. */
const calls: Readonly<Record<string, readonly [path: string, body?: unknown]>> = {
  getHealth: ['/health'],
  getState: ['/state'],
  changeState: ['/state', { plan: 'growth', throttle: { limit: 9, perSeconds: 0.5 }, unsuppress: [PHONE] }],
  getClock: ['/clock'],
  moveClock: ['/clock', { advance: '1s' }],
  reset: ['/reset', {}],
  listMessages: ['/messages?limit=1'],
  sayAsCustomer: ['/messages', { from: PHONE, text: '<b>' }],
  optOutAsCustomer: ['/opt-outs', { from: PHONE }],
  listRequests: ['/requests?limit=5&before=emu_req_9'],
  getRequest: ['/requests/emu_req_1'],
  listDeliveries: ['/deliveries'],
  deliver: ['/deliveries', { event: { event: 'x' } }],
  getDelivery: ['/deliveries/emu_del_1'],
  resend: ['/deliveries/emu_del_1/resend', { mode: 'edited', bodyText: '{}' }],
  listFaults: ['/faults'],
  addFault: [
    '/faults',
    { on: 'send', type: 'delay', when: 'after', times: 2, probability: 0.5, params: { ms: 1 } },
  ],
  clearFaults: ['/faults'],
  removeFault: ['/faults/emu_fault_1'],
  followEvents: ['/events'],
  getDescription: ['/openapi.json'],
};

async function startWithRecords(): Promise<Api> {
  const { api, gateway } = await startControlled();
  await send(gateway);
  await gateway.customer(PHONE).says('x');
  gateway.faults.add({ on: 'delivery', type: 'delay', ms: 1, probability: 0.001 });
  return api;
}

describe('the description', () => {
  it('has every route of the server, and no other', async () => {
    const gateway = await startGateway();
    const routes = createRoutes(gateway).map(({ method, path }) => `${method} ${path}`);
    const described = operations.map(({ method, path }) => `${method} ${path}`);
    expect(described.sort()).toEqual(routes.sort());
  });

  it('is what the server shows', async () => {
    const { api } = await startControlled();
    expect(await api.get('/openapi.json')).toEqual(openapi);
  });

  it.each(operations)('has an answer of the server to $method $path', async ({ method, path, operation }) => {
    const [target = path, body] = calls[operation.operationId] ?? [];
    const api = await startWithRecords();
    expect(findOperation(method, target)).toBe(operation);
    if (operation.operationId === 'followEvents') {
      const feed = await follow(api.gateway);
      expect(feed.response.headers['content-type']).toBe('text/event-stream');
      return;
    }
    const schema = operation.requestBody?.content['application/json']?.schema;
    expect(schema === undefined).toBe(body === undefined);
    if (schema !== undefined) expect(problems(schema, body)).toBe('');
    // Holds the answer against its schema, too.
    const { status } = await api.call(method, target, body);
    const [expected] = Object.keys(operation.responses);
    expect(String(status)).toBe(expected);
  });

  it('allows of a body what the server takes, and refuses fields that it does not know', async () => {
    const api = await startWithRecords();
    for (const { method, operation } of operations) {
      const [target = '', body] = calls[operation.operationId] ?? [];
      const schema = operation.requestBody?.content['application/json']?.schema;
      if (schema === undefined) continue;
      const wrong = { ...(body as object), surplus: 1 };
      expect([operation.operationId, problems(schema, wrong)]).not.toEqual([operation.operationId, '']);
      expect((await api.refusal(method, target, wrong)).slice(0, 2)).toEqual([400, 'invalid_body']);
    }
  });

  it('refers only to what there is, and to all of it', () => {
    const text = JSON.stringify(openapi);
    const refs = new Set([...text.matchAll(REF)].map(([, ref = '']) => ref));
    const there = Object.entries(openapi.components).flatMap(([kind, entries]) =>
      Object.keys(entries).map((name) => `components/${kind}/${name}`),
    );
    expect([...refs, 'components/schemas/Feed'].sort()).toEqual([...there].sort());
  });

  it('gives every operation a name of its own and a tag that exists', () => {
    const names = operations.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(calls).sort()).toEqual([...names].sort());
    const tags = openapi.tags.map(({ name }) => name);
    for (const { operation } of operations)
      expect(tags).toContain((operation as { tags?: string[] }).tags?.[0]);
  });

  it('puts every code under its status', () => {
    const seen = new Set<string>();
    for (const { operation } of operations) {
      for (const [status, response] of Object.entries(operation.responses)) {
        for (const [, code = ''] of (resolveResponse(response).description ?? '').matchAll(CODE)) {
          seen.add(code);
          expect([code, controlErrorStatuses[code as ErrorCodeJson]]).toEqual([code, Number(status)]);
        }
      }
    }
    const everywhere = ['internal_error', 'method_not_allowed'];
    expect([...seen, ...everywhere].sort()).toEqual(Object.keys(controlErrorStatuses).sort());
    expect(schemas.ErrorCode?.enum).toEqual(Object.keys(controlErrorStatuses));
  });

  it('says of every operation that it may be refused to a site or a name', () => {
    for (const { operation } of operations) {
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['403', '421']));
      const writes = operation.requestBody !== undefined;
      expect(Object.keys(operation.responses).includes('415')).toBe(writes);
      expect(Object.keys(operation.responses).includes('413')).toBe(writes);
    }
  });

  it('names every type of a fault', () => {
    const text = schemas.NewFault?.properties?.type?.description ?? '';
    for (const type of [...sendFaultTypes, ...deliveryFaultTypes]) expect(text).toContain(`\`${type}\``);
  });

  it('has the limits that count', () => {
    expect(openapi.components.parameters.Limit.schema).toMatchObject({
      maximum: MAX_LIST_LIMIT,
      default: DEFAULT_LIST_LIMIT,
    });
    expect(openapi.paths['/events'].get.description).toContain(`${FEED_LIMIT.toLocaleString('en')} events`);
    expect(openapi.paths['/events'].get.responses['503'].description).toContain(`${MAX_FEED_CLIENTS} follow`);
  });
});
