import { EMULATOR_PREFIX } from './protocol.ts';

/**
 * Refuses a key or secret that the emulator made where `NODE_ENV` is `production`: everybody can know it, or it means
 * that no real one was set.
 *
 * @param what - How the value is named to whoever passed it, such as `option secret`. The value is not shown.
 * @throws TypeError for such a value, there only.
 */
export function refuseEmulatorValue(owner: string, what: string, value: string): void {
  // The prefix first: reading the environment costs more than all the rest of this.
  if (!value.startsWith(EMULATOR_PREFIX) || process.env.NODE_ENV !== 'production') return;
  throw new TypeError(
    `${owner}: ${what} begins with ${EMULATOR_PREFIX}, so it belongs to the emulator, and NODE_ENV is production. ` +
      "Set the one from the gateway's dashboard; to run against the emulator, set NODE_ENV to something else.",
  );
}
