/** What a migration runs its statements by. */
interface Runner {
  query(statement: string): Promise<unknown>;
}

/** Secrets that all copies of one part share and nobody else knows. */
export class CreatePartSecret1763800000500 {
  async up(runner: Runner): Promise<void> {
    await runner.query('create table part_secret (name text primary key, secret text not null)');
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table part_secret');
  }
}
