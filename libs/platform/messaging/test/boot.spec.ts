import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { IsString } from 'class-validator';
import { contract, Handles, reply, type Reply } from '#platform/messaging';
import { wardContracts } from './ward.ts';
import { Ward } from './ward-house.ts';

/** What a context must not be started with. */

class Enter {
  @IsString() room!: string;
}
const theatreContract = contract<Enter, object>('theatre', 'room.enter', Enter);

@Controller()
class Twice {
  @Handles(wardContracts.ambient)
  async first(): Promise<Reply<{ store: string }>> {
    return reply({ store: 'first' });
  }

  @Handles(wardContracts.ambient)
  async second(): Promise<Reply<{ store: string }>> {
    return reply({ store: 'second' });
  }
}

@Controller()
class Foreign {
  @Handles(theatreContract)
  async enter(): Promise<Reply<object>> {
    return reply({});
  }
}

@Controller()
class Unruly {
  @MessagePattern('ward.anything.v1')
  async anything(): Promise<void> {}
}

let opened: Ward | undefined;
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

async function open(controller: new () => object): Promise<void> {
  opened = await Ward.open({ controller });
}

describe('a context does not start', () => {
  it('with two handlers of one contract: Nest would silently keep the second', async () => {
    await expect(open(Twice)).rejects.toThrow(
      'Context "ward": ward.bed.ambient.v1 has two handlers, Twice.first and Twice.second. Remove one.',
    );
  });

  it("with a handler of another context's contract", async () => {
    await expect(open(Foreign)).rejects.toThrow(
      'Foreign.enter handles theatre.room.enter.v1, which is context "theatre"\'s',
    );
  });

  it('with a handler of no contract', async () => {
    await expect(open(Unruly)).rejects.toThrow('ward.anything.v1 is handled without a contract');
  });

  it('twice in one process', async () => {
    const ward = await Ward.open();
    expect(() => ward.switchboard.connect(ward.strategy)).toThrow('Context "ward" was started twice');
    await ward.close();
  });
});
