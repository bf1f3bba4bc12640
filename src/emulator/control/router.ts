import { ControlError } from './errors.ts';
import type { Route } from './route.ts';

/** A route that was found. */
export interface FoundRoute {
  readonly route: Route;
  /** The `{id}` of the path; empty where it has none. */
  readonly id: string;
}

const ID = '{id}';

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The `{id}` in a path, empty where it has none; `undefined` where the path is another one. */
function match(template: readonly string[], segments: readonly string[]): string | undefined {
  if (template.length !== segments.length) return undefined;
  let id = '';
  for (const [at, wanted] of template.entries()) {
    const segment = segments[at] ?? '';
    if (wanted === ID && segment !== '') id = decode(segment);
    else if (wanted !== segment) return undefined;
  }
  return id;
}

/**
 * Makes what finds a route by method and by path below the prefix. Whoever may GET may also HEAD.
 *
 * @throws ControlError `not_found` or `method_not_allowed`.
 */
export function createRouter(
  routes: readonly Route[],
  whereToLook: string,
): (method: string, path: string) => FoundRoute {
  const table = routes.map((route) => ({ route, template: route.path.split('/') }));
  return (method, path) => {
    const segments = path.split('/');
    const there = table.flatMap(({ route, template }): FoundRoute[] => {
      const id = match(template, segments);
      return id === undefined ? [] : [{ route, id }];
    });
    if (there.length === 0) {
      throw new ControlError('not_found', `There is nothing at this address. ${whereToLook}`);
    }
    const wanted = method === 'HEAD' ? 'GET' : method;
    const found = there.find(({ route }) => route.method === wanted);
    if (found !== undefined) return found;
    const allowed = there.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
    const allow = allowed.join(', ');
    throw new ControlError('method_not_allowed', `This address takes ${allow}.`, { allow });
  };
}
