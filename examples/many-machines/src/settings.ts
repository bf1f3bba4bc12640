/** What every process of the app is told by its environment. */
export interface Settings {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** What the queues' keys begin with in Redis. */
  readonly queuePrefix: string;
  readonly port: number;
  /** How many events, or sends, one worker has under way at once. */
  readonly concurrency: number;
  readonly webhookSecret: string;
  /** Which field of an event holds the gateway's own id of it, where there is one. */
  readonly eventIdField: string | undefined;
  readonly gateway: {
    readonly apiKey: string;
    readonly instanceId: string;
    readonly baseUrl: string | undefined;
  };
}

/** @throws Error naming what is missing. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  function need(name: string): string {
    const value = env[name];
    if (!value) throw new Error(`Set ${name} in the environment.`);
    return value;
  }
  return {
    databaseUrl: need('DATABASE_URL'),
    redisUrl: need('REDIS_URL'),
    queuePrefix: env.QUEUE_PREFIX ?? 'many-machines-example',
    port: Number(env.PORT ?? 3000),
    concurrency: Number(env.WORKER_CONCURRENCY ?? 8),
    webhookSecret: need('WHATSAPP_GATEWAY_WEBHOOK_SECRET'),
    eventIdField: env.WHATSAPP_GATEWAY_EVENT_ID_FIELD,
    gateway: {
      apiKey: need('WHATSAPP_GATEWAY_API_KEY'),
      instanceId: need('WHATSAPP_GATEWAY_INSTANCE_ID'),
      baseUrl: env.WHATSAPP_GATEWAY_BASE_URL,
    },
  };
}
