import type { Redis } from 'ioredis';

/** A Lua script that Redis runs as one step. */
export interface Script {
  readonly name: string;
  /** How many of the words are keys. */
  readonly keys: number;
  readonly lua: string;
}

type Run = (...words: readonly (string | number)[]) => Promise<unknown>;

/** Makes a script a command of this client: it is sent once by its text and then by its digest. */
export function defineScript(redis: Redis, { name, keys, lua }: Script): Run {
  redis.defineCommand(name, { numberOfKeys: keys, lua });
  const command: unknown = Reflect.get(redis, name);
  if (typeof command !== 'function') throw new TypeError(`The Redis client has no command ${name}.`);
  return (...words) => command.apply(redis, words);
}
