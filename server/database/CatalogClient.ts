import { Client, type ClientConfig } from 'pg'

/** PostgreSQL's one-byte `"char"`, which its own catalogue uses, and plain text. */
const CHAR_OID = 18
const TEXT_OID = 25

/**
 * A pg client whose `"char"` columns say they are text. @prisma/adapter-pg 7.10 has no mapping for that type, and
 * the schema engine reads such columns from the catalogue (`pg_constraint.contype`).
 */
export class CatalogClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config)
    this.connection.prependListener('rowDescription', ({ fields }: { fields: { dataTypeID: number }[] }) => {
      for (const field of fields) if (field.dataTypeID === CHAR_OID) field.dataTypeID = TEXT_OID
    })
  }
}
