/** The database was migrated by a newer version of the program. */
export class DatabaseTooNewError extends Error {
  override name = 'DatabaseTooNewError';
  /** A migration that this program doesn't know. */
  readonly migration: string;

  constructor(migration: string) {
    super(
      `The database is newer than this program (it has the migration ${migration}); start the version that migrated it, or a later one`,
    );
    this.migration = migration;
  }
}

/** The database belongs to another program. */
export class DatabaseForeignError extends Error {
  override name = 'DatabaseForeignError';
  /** A table that shows which program it belongs to. */
  readonly table: string;

  constructor(table: string) {
    super(`The database belongs to another program (it has the table ${table})`);
    this.table = table;
  }
}

/** Another server is running on the SQLite file. */
export class DatabaseServedError extends Error {
  override name = 'DatabaseServedError';

  constructor() {
    super('Another server is using the database');
  }
}
