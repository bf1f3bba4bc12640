import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { describe } from 'vitest';
import { typeormOptOuts, User, WhatsAppOptOut } from '../opt-outs-with-typeorm.ts';
import { once } from './support/once.ts';
import { describeOptOuts } from './support/opt-outs-contract.ts';

describe('the TypeORM recipe, on embedded SQLite', () => {
  describeOptOuts(async () => {
    const dataSource = await new DataSource({
      type: 'sqljs',
      entities: [User, WhatsAppOptOut],
      synchronize: true,
    }).initialize();
    const { manager } = dataSource;
    return {
      optOuts: typeormOptOuts(dataSource),
      clear: async () => {
        await manager.clear(User);
        await manager.clear(WhatsAppOptOut);
      },
      addUser: (phone) => manager.insert(User, { phone }),
      optedOutAt: async (phone) => {
        const user = await manager.findOneBy(User, { phone });
        return user?.whatsappOptedOutAt;
      },
      lose: once(() => dataSource.destroy()),
    };
  });
});
