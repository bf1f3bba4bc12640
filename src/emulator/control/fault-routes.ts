import { invalidOption } from '../../options.ts';
import type { NewFault } from '../fault.ts';
import type { GatewayEmulator } from '../gateway.ts';
import { jsonAnswer, noContent } from './answer.ts';
import { withCallersValues } from './errors.ts';
import type { NewFaultJson } from './json-types.ts';
import { listAnswer, readPage } from './list.ts';
import { findRecord } from './record-routes.ts';
import { plain, type Route, writing } from './route.ts';
import { newFaultSchema } from './schemas.ts';
import type { ToJson } from './to-json.ts';

const CREATED_STATUS = 201;

/** The fault as it is added in a test. Whether it is one of those there are, is checked where it is added. */
function toNewFault({ params = {}, ...fault }: NewFaultJson, owner: string): NewFault {
  for (const name of Object.keys(params)) {
    if (!['on', 'type', 'when', 'times', 'probability'].includes(name)) continue;
    throw invalidOption(owner, `params.${name}`, params[name], `Give ${name} beside params, not in it.`);
  }
  return { ...params, ...fault } as NewFault;
}

/** What goes wrong on purpose. */
export function faultRoutes({ faults }: GatewayEmulator, toJson: ToJson): readonly Route[] {
  return [
    plain('GET', '/faults', ({ owner, query }) =>
      listAnswer(faults.list(), ({ id }) => id, toJson.fault, readPage(owner, query)),
    ),
    writing('POST', '/faults', newFaultSchema, async (fault, { owner }) => {
      const { id } = await withCallersValues(() => faults.add(toNewFault(fault, owner)));
      return jsonAnswer(CREATED_STATUS, toJson.fault(findRecord('fault', faults.list(), id)));
    }),
    plain('DELETE', '/faults', () => {
      faults.clear();
      return noContent;
    }),
    plain('DELETE', '/faults/{id}', ({ id }) => {
      findRecord('fault', faults.list(), id);
      faults.remove(id);
      return noContent;
    }),
  ];
}
