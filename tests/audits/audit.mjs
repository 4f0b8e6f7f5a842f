// graphql-http's audits of a server: `node audit.mjs URL [TOKEN]` prints one JSON array of results.
import { auditServer } from "graphql-http";

const [url, token] = process.argv.slice(2);
const headers = token ? { authorization: `Bearer ${token}` } : {};
const fetchFn = (input, init) => fetch(input, { ...init, headers: { ...init?.headers, ...headers } });

const results = await auditServer({ url, fetchFn });
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
