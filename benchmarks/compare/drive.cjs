// Asks one library of Node about many pairs: NDJSON of {id, old, new, side} in, NDJSON of {id, answer, seconds} out.
// Answers are "breaks", "passes" and "refused"; the last line is {memory}, in kilobytes.

const { createRequire } = require("node:module");
const { readFileSync, writeSync } = require("node:fs");

const [, , folder, peer] = process.argv;
const from = createRequire(`${folder}/package.json`);

const asks = {
  "openapi-diff": async ({ old, new: next }) => {
    const side = (document, location) => ({ content: JSON.stringify(document), location, format: "openapi3" });
    const told = await from("openapi-diff").diffSpecs({
      sourceSpec: side(old, "old.json"),
      destinationSpec: side(next, "new.json"),
    });
    return told.breakingDifferencesFound;
  },
  "json-schema-diff": async ({ schemas: [old, next], kind }) => {
    const told = await from("json-schema-diff").diffSchemas({ sourceSchema: old, destinationSchema: next });
    return kind === "request" ? told.removalsFound : told.additionsFound;
  },
  "api-smart-diff": async ({ old, new: next }) =>
    from("api-smart-diff").apiDiff(old, next, {}).some((item) => item.type === "breaking"),
  "@asyncapi/diff": async ({ old, new: next }) => from("@asyncapi/diff").diff(old, next).breaking().length > 0,
};

async function main() {
  const silent = () => undefined;
  Object.assign(console, { log: silent, error: silent, warn: silent });
  for (const line of readFileSync(0, "utf-8").split("\n").filter(Boolean)) {
    const task = JSON.parse(line);
    const since = process.cpuUsage();
    let answer;
    try {
      answer = (await asks[peer](task)) ? "breaks" : "passes";
    } catch {
      answer = "refused";
    }
    const { user, system } = process.cpuUsage(since);
    writeSync(1, `${JSON.stringify({ id: task.id, answer, seconds: (user + system) / 1e6 })}\n`);
  }
  writeSync(1, `${JSON.stringify({ memory: process.resourceUsage().maxRSS })}\n`);
}

main();
