import { invalidOption } from '../../options.ts';
import { parseDuration } from '../duration.ts';
import type { GatewayEmulator } from '../gateway.ts';
import { jsonAnswer } from './answer.ts';
import { withCallersValues } from './errors.ts';
import type { ClockChangeJson, HealthJson } from './json-types.ts';
import { LATEST_TIME_MS } from './limits.ts';
import { packageVersion } from './package-version.ts';
import { plain, type Route, writing } from './route.ts';
import { clockChangeSchema, nothingSchema, statePatchSchema } from './schemas.ts';
import type { ToJson } from './to-json.ts';

const HEALTH: HealthJson = { status: 'ok', name: 'whatsapp-gateway-emulator', version: packageVersion };

async function moveClock({ clock }: GatewayEmulator, change: ClockChangeJson, owner: string): Promise<void> {
  if ('advance' in change) {
    const until = clock.now() + parseDuration(owner, 'advance', change.advance);
    if (until > LATEST_TIME_MS) throw invalidOption(owner, 'advance', change.advance, 'That is too far.');
    await clock.advance(change.advance);
  } else if ('set' in change) {
    const to = Date.parse(change.set);
    if (!(to >= 0 && to <= LATEST_TIME_MS)) {
      throw invalidOption(
        owner,
        'set',
        change.set,
        'Give a time such as 2026-05-08T10:00:00Z, from 1970 to 9999.',
      );
    }
    await clock.set(to);
  } else await clock.reset();
}

/** The emulator itself: how it stands, its clock, and a new beginning. */
export function accountRoutes(gateway: GatewayEmulator, toJson: ToJson): readonly Route[] {
  return [
    plain('GET', '/health', () => jsonAnswer(200, HEALTH)),
    plain('GET', '/state', () => jsonAnswer(200, toJson.state())),
    writing('PATCH', '/state', statePatchSchema, async (changes) => {
      await withCallersValues(() => gateway.update(changes));
      return jsonAnswer(200, toJson.state());
    }),
    plain('GET', '/clock', () => jsonAnswer(200, toJson.clock())),
    writing('POST', '/clock', clockChangeSchema, async (change, { owner }) => {
      await withCallersValues(() => moveClock(gateway, change, owner));
      return jsonAnswer(200, toJson.clock());
    }),
    writing('POST', '/reset', nothingSchema, () => {
      gateway.reset();
      return jsonAnswer(200, toJson.state());
    }),
  ];
}
