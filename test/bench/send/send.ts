import { startChild } from '../harness/child.ts';
import { type Bench, show, want } from '../harness/report.ts';
import { compare } from '../harness/rounds.ts';
import { type Spread, spreadOf } from '../harness/spread.ts';
import { clients } from './clients.ts';

type Name = keyof typeof clients;

const ROUNDS = 24;
const MESSAGES = 1_000;
const DISPATCH: Name = 'undici dispatch';
const OURS: Name = 'createSender().send';

/** One message, from the call to the gateway's answer. */
export const send: Bench = {
  title: 'Sending',
  async run(scale) {
    const server = startChild(new URL('server.ts', import.meta.url));
    const { port } = await server.next<{ port: number }>();
    const names = Object.keys(clients) as Name[];
    const rates = new Map<Name, number[]>(names.map((name) => [name, []]));
    const running = await Promise.all(
      names.map(async (name) => {
        const args = [name, `http://127.0.0.1:${port}`];
        const child = startChild(new URL('client.ts', import.meta.url), { args });
        await child.next();
        const measure = async (): Promise<number> => {
          const { microseconds, tookMs } = await child.ask<{ microseconds: number; tookMs: number }>({
            messages: MESSAGES,
          });
          rates.get(name)?.push((MESSAGES * 1_000) / tookMs);
          return microseconds / MESSAGES;
        };
        return { name, child, measure };
      }),
    );
    const measures = Object.fromEntries(running.map(({ name, measure }) => [name, measure])) as Record<
      Name,
      () => Promise<number>
    >;
    const rounds = await compare(measures, { rounds: ROUNDS * scale, warmUp: 5 * scale });
    await Promise.all([server, ...running.map(({ child }) => child)].map((child) => child.stop()));

    const rate = (name: Name): Spread => spreadOf(rates.get(name) ?? []);
    return {
      about:
        'Each client is a process of its own and keeps 50 messages in flight to one server on loopback, over as many ' +
        "connections. Compared is the processor's time that a client takes for one message. All read the answer and see " +
        'that it says `success`; ours also checks the phone and the purpose, and keeps an exact time-out.',
      tables: [
        {
          head: ['', 'µs of a processor', '× dispatch', 'messages a second'],
          rows: names.map((name) => [
            name,
            show(rounds.cost(name)),
            show(rounds.ratio(name, DISPATCH)),
            show(rate(name)),
          ]),
        },
      ],
      wanted: [
        want('speed of undici dispatch', rounds.ratio(DISPATCH, OURS), { atLeast: 0.85 }),
        want('speed of undici request', rounds.ratio('undici request', OURS), { atLeast: 1 }),
        want('speed of undici fetch', rounds.ratio('undici fetch', OURS), { atLeast: 3 }),
        want('speed of axios', rounds.ratio('axios', OURS), { atLeast: 3 }),
        want('speed of got', rounds.ratio('got', OURS), { atLeast: 3 }),
      ],
    };
  },
};
