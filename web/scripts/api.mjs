// Writes the types of the interface from its committed description; with `--check` it tells whether they are up to date.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import process from 'node:process'
import openapiTS, { astToString } from 'openapi-typescript'

const DESCRIPTION = new URL('../openapi.json', import.meta.url)
const TYPES = fileURLToPath(new URL('../src/api/schema.gen.d.ts', import.meta.url))

const types = `// Generated from openapi.json by \`npm run api\`.\n\n${astToString(await openapiTS(DESCRIPTION))}`
if (!process.argv.includes('--check')) {
  writeFileSync(TYPES, types)
} else if (readFileSync(TYPES, 'utf8') !== types) {
  console.error('src/api/schema.gen.d.ts is not what openapi.json says: npm run api')
  process.exit(1)
}
