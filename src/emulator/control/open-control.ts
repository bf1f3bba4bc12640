import type { GatewayEmulator } from '../gateway.ts';
import type { Control } from './control.ts';
import { findPageFolder } from './page-folder.ts';

/**
 * Makes the control API and the page of a gateway at the first call of either: a test that only starts a gateway does
 * not load them.
 *
 * @param host - The address that the gateway listens at, where one was given.
 */
export function openControl(gateway: GatewayEmulator, host: string | undefined): Control {
  let opened: Promise<Control> | undefined;

  async function open(): Promise<Control> {
    const { createControl } = await import('./control.ts');
    return createControl(gateway, { pageFolder: findPageFolder(), host });
  }

  return async function control(request, response) {
    opened ??= open();
    await (await opened)(request, response);
  };
}
