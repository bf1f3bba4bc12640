import { checkOptionNames, invalidOption } from '../options.ts';
import { isLoopback } from './loopback.ts';

/** Where deliveries go, as it is set in the gateway's dashboard. */
export interface EmulatorWebhook {
  /**
   * The app's webhook, `http` or `https`. The emulator forges signed deliveries, so it takes only loopback addresses
   * unless it was started with `allowRemote` (the real gateway takes only others).
   */
  url: string;
  /** The signing secret that the app's receiver is built with. @default the secret so far */
  secret?: string;
}

/** {@link EmulatorWebhook}, checked and complete. */
export type ResolvedWebhook = Readonly<Required<EmulatorWebhook>>;

const OPTIONS = ['url', 'secret'] as const satisfies (keyof EmulatorWebhook)[];

/** Stands in for a secret in an error message. */
export function mask(value: unknown): string {
  if (typeof value !== 'string') return typeof value;
  return value === '' ? '' : '[not shown]';
}

/** @throws TypeError for anything but a text that is not empty; the text is not shown. */
export function resolveSecret(owner: string, name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw invalidOption(owner, name, mask(value), 'Give the secret that the receiver is built with.');
}

/**
 * Where deliveries go, checked.
 *
 * @throws TypeError when the address or the secret cannot be used.
 */
export function resolveWebhook(
  owner: string,
  value: unknown,
  { allowRemote, secret: fallback }: { readonly allowRemote: boolean; readonly secret: string },
): ResolvedWebhook {
  checkOptionNames(owner, value, OPTIONS);
  const { url, secret = fallback } = value as { url?: unknown; secret?: unknown };
  const target = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  if (target === undefined || (target.protocol !== 'http:' && target.protocol !== 'https:')) {
    throw invalidOption(owner, 'url', url, 'Give the whole address, such as http://127.0.0.1:3000/webhook.');
  }
  if (!allowRemote && !isLoopback(target.hostname)) {
    const why = 'the emulator forges signed deliveries';
    throw invalidOption(
      owner,
      'url',
      url,
      `Give a loopback address (${why}), or start it with allowRemote: true.`,
    );
  }
  return { url: target.href, secret: resolveSecret(owner, 'secret', secret) };
}
