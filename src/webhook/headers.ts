import type { IncomingHttpHeaders } from 'node:http';

/** Node's header object, one with other capitals (as serverless platforms pass), or a Fetch `Headers`. */
export type WebhookHeaders =
  | IncomingHttpHeaders
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | {
      /** The text of a header, whatever the capitals of its name, or `null`. */
      get(name: string): string | null;
    };

function isFetchHeaders(headers: WebhookHeaders): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function';
}

/** Answers a header's text by the header's lower-case name. */
export type HeaderReader = (name: string) => string | undefined;

/**
 * Reads headers by their lower-case names. One that came several times is joined with a comma, as Node and Fetch do,
 * so that no copy can hide behind another.
 */
export function headerReader(headers: WebhookHeaders): HeaderReader {
  if (isFetchHeaders(headers)) return (name) => headers.get(name) ?? undefined;
  const keys = Object.keys(headers);
  return (name) => {
    let found: string | undefined;
    for (const key of keys) {
      if (key !== name && (key.length !== name.length || key.toLowerCase() !== name)) continue;
      const value = headers[key];
      if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
      const text = Array.isArray(value) ? value.join(', ') : String(value ?? '');
      found = found === undefined ? text : `${found}, ${text}`;
    }
    return found;
  };
}
