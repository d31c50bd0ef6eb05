/** The database was last migrated by a newer program than this one. */
export class DatabaseTooNewError extends Error {
  override name = 'DatabaseTooNewError';
  /** One that this program doesn't know. */
  readonly migration: string;

  constructor(migration: string) {
    super(
      `The database is newer than this program (it has the migration ${migration}); start the version that migrated it, or a later one`,
    );
    this.migration = migration;
  }
}

/** The database is in use by a program that is not Keywright. */
export class DatabaseForeignError extends Error {
  override name = 'DatabaseForeignError';
  /** One that is in the way, or that shows whose it is. */
  readonly table: string;

  constructor(table: string) {
    super(`The database belongs to another program (it has the table ${table})`);
    this.table = table;
  }
}
