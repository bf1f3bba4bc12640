import type { GatewayEmulator } from '../gateway.ts';
import { jsonAnswer } from './answer.ts';
import { ControlError } from './errors.ts';
import { listAnswer, readPage } from './list.ts';
import { plain, type Route } from './route.ts';
import type { ToJson } from './to-json.ts';

/** One of the records that are kept. @throws ControlError `not_found`. */
export function findRecord<Item extends { readonly id: string }>(
  kind: string,
  records: readonly Item[],
  id: string,
): Item {
  const found = records.find((record) => record.id === id);
  if (found !== undefined) return found;
  throw new ControlError('not_found', `There is no ${kind} ${JSON.stringify(id)} (any more).`);
}

const idOf = ({ id }: { readonly id: string }): string => id;

/** What happened: messages, requests and deliveries. */
export function recordRoutes(gateway: GatewayEmulator, toJson: ToJson): readonly Route[] {
  return [
    plain('GET', '/messages', ({ owner, query }) => {
      const page = readPage(owner, query);
      return listAnswer(gateway.messages, ({ messageId }) => messageId, toJson.message, page);
    }),
    plain('GET', '/requests', ({ owner, query }) =>
      listAnswer(gateway.requests, idOf, toJson.request, readPage(owner, query)),
    ),
    plain('GET', '/requests/{id}', ({ id }) =>
      jsonAnswer(200, toJson.request(findRecord('request', gateway.requests, id))),
    ),
    plain('GET', '/deliveries', ({ owner, query }) =>
      listAnswer(gateway.deliveries, idOf, toJson.delivery, readPage(owner, query)),
    ),
    plain('GET', '/deliveries/{id}', ({ id }) =>
      jsonAnswer(200, toJson.delivery(findRecord('delivery', gateway.deliveries, id))),
    ),
  ];
}
