import { createConnection } from 'mongoose';
import { describe } from 'vitest';
import { mongooseOptOuts } from '../opt-outs-with-mongoose.ts';
import { startMongoServer } from './support/mongo-server.ts';
import { once } from './support/once.ts';
import { describeOptOuts } from './support/opt-outs-contract.ts';

describe('the Mongoose recipe, on a stand-in for MongoDB', () => {
  describeOptOuts(async () => {
    const server = await startMongoServer();
    const settings = { serverApi: '1', serverSelectionTimeoutMS: 500 } as const;
    const connection = await createConnection(server.url, settings).asPromise();
    const optOuts = mongooseOptOuts(connection);
    const { User, WhatsAppOptOut } = connection.models;
    if (User === undefined || WhatsAppOptOut === undefined) throw new Error('The recipe has other models.');
    return {
      optOuts,
      clear: async () => {
        await User.deleteMany();
        await WhatsAppOptOut.deleteMany();
      },
      addUser: (phone) => User.create({ phone }),
      optedOutAt: async (phone) => (await User.findOne({ phone }))?.get('whatsappOptedOutAt'),
      lose: once(() => server.close()),
      close: () => connection.close(),
    };
  });
});
