// Checks an OpenAPI document against the specification's schema: node check.mjs FILE
import { readFile } from 'node:fs/promises';
import { Validator } from '@seriousme/openapi-schema-validator';

const [file] = process.argv.slice(2);
const validator = new Validator();
const result = await validator.validate(JSON.parse(await readFile(file, 'utf8')));
if (!result.valid) {
  console.error(`${file} is no valid OpenAPI document:`, JSON.stringify(result.errors, null, 2));
  process.exit(1);
}
if (validator.version !== '3.1') {
  console.error(`${file} is OpenAPI ${validator.version}, not 3.1`);
  process.exit(1);
}
