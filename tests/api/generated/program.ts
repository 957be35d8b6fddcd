// A program somebody writes against the types that openapi-typescript makes of the description. It runs on a real node:
//   node out/program.js PREPARED    (see prepare.py)
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { components, paths } from "./node.js";

type Schemas = components["schemas"];
type Prepared = { chain: string; project: string; org: string; record: string; alert: string; envelopes: Schemas["Envelope"][] };

const prepared = JSON.parse(readFileSync(process.argv[2]!, "utf8")) as Prepared;
const node = createClient<paths>({ baseUrl: process.env["BIAOZHENG_URL"]! });

/** The answer, or the node's own words for what is wrong. */
function good<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.status}: ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

async function chain(): Promise<void> {
  const status: Schemas["Status"] = good(await node.GET("/v1/status"));
  assert.equal(status.chain, prepared.chain);
  assert.equal(status.role, "validator");
  assert.ok(status.ready && status.reasons.length === 0);

  let after: string | undefined;
  let count = 0;
  let newest: Schemas["BlockLine"] | undefined;
  do {
    const page = good(await node.GET("/v1/blocks", { params: { query: { limit: 200, ...(after === undefined ? {} : { after }) } } }));
    for (const block of page.items) {
      assert.equal(block.previous, newest?.hash ?? block.previous);
      count += block.records;
      newest = block;
    }
    after = page.next ?? undefined;
  } while (after !== undefined);
  assert.ok(newest !== undefined && count >= 300);
  const block = good(await node.GET("/v1/blocks/{height}", { params: { path: { height: newest.height } } }));
  assert.equal(block.hash, newest.hash);
  assert.equal(block.record_ids.length, block.records);

  const checkpoint: string = good(await node.GET("/v1/checkpoint", { parseAs: "text" }));
  const size = Number(checkpoint.split("\n")[1]);
  assert.ok(size > 300);
  const proof = good(await node.GET("/v1/consistency", { params: { query: { from: 1, to: size } } }));
  assert.ok(proof.path.length > 0);
  const genesis = good(await node.GET("/v1/genesis"));
  assert.equal(genesis.rest.participants[0]!.roles[0], "city_centre" satisfies Schemas["Role"]);
}

async function project(): Promise<void> {
  const shown = good(await node.GET("/v1/projects/{id}", { params: { path: { id: prepared.project } } }));
  assert.equal(shown.stage, "registered" satisfies Schemas["Stage"]);
  assert.equal(shown.step, prepared.record);
  assert.ok(shown.rulebook === null && shown.completeness.permille === 1000);
  const heads = good(await node.GET("/v1/projects/{id}/heads", { params: { path: { id: prepared.project } } }));
  assert.deepEqual([heads.step, heads.terms], [shown.step, null]);
  const records = good(await node.GET("/v1/projects/{id}/records", { params: { path: { id: prepared.project } } }));
  const first = records.items[0]!;
  assert.ok("envelope" in first && first.envelope.signatures.length === 1 && first.type === "project.registered/1");
  const search = good(await node.GET("/v1/search", { params: { query: { q: "人民路 改造" } } }));
  assert.deepEqual(search.items.map((one) => [one.id, one.kind, one.stage]), [[prepared.project, "project", "registered"]]);
  const owner = good(await node.GET("/v1/participants/{org}", { params: { path: { org: prepared.org } } }));
  assert.deepEqual([owner.roles, owner.keys[0]!.purposes], [["tenderee"], ["sign"]]);
  const credit = good(await node.GET("/v1/participants/{org}/credit", { params: { path: { org: "BUILDER" } } }));
  const code = credit.credit_code;
  assert.ok(code !== null && "credit_code" in code && code.credit_code.length === 18);
  assert.ok(credit.events[0]!.disqualifies && credit.events[0]!.appeal === null);
  const alerts = good(await node.GET("/v1/alerts"));
  const alert = alerts.items.find((one) => one.alert === prepared.alert)!;
  assert.equal(alert.disposition?.disposition, "explained" satisfies Schemas["AlertDisposition"]);
}

async function record(): Promise<void> {
  const body = prepared.envelopes[0]!;
  const query = { wait: "certificate", timeout_ms: 20_000 } as const;
  const submitted: Schemas["Submitted"] = good(await node.POST("/v1/records", { body, params: { query } }));
  assert.equal(submitted.stage, "certified" satisfies Schemas["RecordStage"]);
  const found = good(await node.GET("/v1/records/{id}", { params: { path: { id: submitted.record } } }));
  assert.ok("envelope" in found && found.envelope.payload === body.payload);
  const certificate = good(await node.GET("/v1/records/{id}/certificate", { params: { path: { id: submitted.record } } }));
  assert.equal(certificate.block.height, found.height);
  const verdict = good(await node.POST("/v1/certificates/verify", { body: certificate }));
  assert.ok(verdict.valid && verdict.failed === null && verdict.steps.every((step) => step.outcome !== "failed"));
  const pdf: Blob = good(
    await node.GET("/v1/records/{id}/certificate.pdf", { params: { path: { id: submitted.record } }, parseAs: "blob" }),
  ) as unknown as Blob;
  assert.ok(pdf.size > 1000);
}

async function refusal(): Promise<void> {
  const id = `sha256:${"0".repeat(64)}`;
  const { data, error } = await node.GET("/v1/records/{id}", { params: { path: { id } } });
  assert.equal(data, undefined);
  const problem: Schemas["Problem"] = error!;
  assert.deepEqual([problem.code, problem.status], ["not_found", 404]);
}

await chain();
await project();
await record();
await refusal();
console.log("generated client in TypeScript: all fine");
