// The workflows and issue forms in .github: valid YAML, few permissions, and the same commands and versions as
// in the rest of the repository.

import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { describe, it } from "node:test";
import { validateWorkflow } from "@action-validator/core";
import { parse } from "yaml";
import { inRoot, readText } from "../lib/project.mjs";
import { checkVersion } from "../version.mjs";

/** @param {string} folder */
function readYaml(folder) {
  const names = readdirSync(inRoot(folder)).filter((name) => name.endsWith(".yml"));
  // `uniqueKeys` and `strict` are on by default: a duplicate key fails.
  return names.map((name) => ({ name, content: parse(readText(`${folder}/${name}`)) }));
}

describe("workflows", () => {
  const workflows = readYaml(".github/workflows");
  const jobs = workflows.flatMap(({ name, content }) =>
    Object.entries(content.jobs).map(([id, job]) => ({ id: `${name}: ${id}`, job, content })),
  );
  const steps = jobs.flatMap(({ id, job }) => job.steps.map((step) => ({ id, step })));
  const { content: release } = workflows.find(({ name }) => name === "release.yml") ?? {};
  const { content: test } = workflows.find(({ name }) => name === "test.yml") ?? {};

  it("follow the schema of GitHub's workflow files", () => {
    for (const { name } of workflows) {
      assert.deepEqual(validateWorkflow(readText(`.github/workflows/${name}`)).errors, [], name);
    }
    assert.notDeepEqual(validateWorkflow("on: push\njobs: {a: {runs-on: x, step: []}}").errors, []);
  });

  it("have jobs of known parts, with a runner and a time limit", () => {
    assert.equal(workflows.length, 2);
    for (const { id, job, content } of jobs) {
      assert.match(job["runs-on"], /^ubuntu-/, id);
      assert.ok(job["timeout-minutes"] > 0, id);
      for (const needed of [job.needs ?? []].flat()) assert.ok(content.jobs[needed], id);
    }
    for (const { id, step } of steps) {
      assert.equal(Number("run" in step) + Number("uses" in step), 1, `${id}: ${step.name}`);
    }
  });

  it("start with permission to read only, and publish with a token by OpenID Connect", () => {
    for (const { content } of workflows)
      assert.deepEqual(content.permissions, { contents: "read" });
    for (const { id, job } of jobs) {
      const isPublishing = job.steps.some(
        ({ run = "" }) => /\b(?:cargo|npm) publish\b/.test(run) && !run.includes("--dry-run"),
      );
      const expected = isPublishing ? { contents: "read", "id-token": "write" } : undefined;
      assert.deepEqual(job.permissions, expected, id);
      assert.equal(job.environment, isPublishing ? "release" : undefined, id);
    }
    assert.doesNotMatch(JSON.stringify(workflows), /secrets\./);
  });

  it("pin actions by a major version", () => {
    for (const { id, step } of steps) {
      if (step.uses) assert.match(step.uses, /^[\w-]+\/[\w-]+@v\d+$/, id);
    }
  });

  it("run all tests on push, on a pull request, and before a release", () => {
    assert.deepEqual(Object.keys(test.on), ["push", "pull_request"]);
    for (const { steps } of [test.jobs.test, release.jobs.test]) {
      assert.ok(steps.some(({ run }) => run === ".ci/run"));
    }
    assert.equal(release.jobs.crate.needs, "test");
    assert.equal(release.jobs.package.needs, "test");
  });

  it("test on the oldest Node that the package supports", () => {
    const { engines } = JSON.parse(readText("pkg/package.json"));
    assert.equal(engines.node, `>=${test.jobs.test.strategy.matrix.node[0]}`);
  });

  it("release only from a tag with the version of the crate and the package", async () => {
    assert.deepEqual(Object.keys(release.on), ["push"]);
    assert.deepEqual(Object.keys(release.on.push), ["tags"]);
    const { version } = JSON.parse(readText("pkg/package.json"));
    assert.equal(await checkVersion(`v${version}`), version);
    await assert.rejects(checkVersion("v99.0.0"), /versions differ:\n {2}tag: 99\.0\.0\n/);
    await assert.rejects(checkVersion(version), /Usage/);
  });

  it("name scripts and files that exist", () => {
    const { scripts } = JSON.parse(readText("package.json"));
    const commands = steps.map(({ step }) => step.run ?? "").join("\n");
    for (const [, name] of commands.matchAll(/\bnpm run (\S+)/g)) assert.ok(scripts[name], name);
    for (const [, path] of commands.matchAll(/\bnode (\S+)/g)) assert.ok(existsSync(inRoot(path)));
  });
});

describe("issue forms", () => {
  const forms = readYaml(".github/ISSUE_TEMPLATE").filter(({ name }) => name !== "config.yml");
  const TYPES = ["markdown", "textarea", "input", "dropdown", "checkboxes"];

  it("have the fields that GitHub requires", () => {
    assert.equal(forms.length, 2);
    for (const { name, content } of forms) {
      assert.ok(content.name && content.description, name);
      const questions = content.body.filter(({ type }) => type !== "markdown");
      const ids = questions.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, name);
      for (const { type, id, attributes } of content.body) {
        assert.ok(TYPES.includes(type), `${name}: ${type}`);
        if (type === "markdown") assert.ok(attributes.value, name);
        else assert.ok(/^[\w-]+$/.test(id) && attributes.label, `${name}: ${id}`);
        if (type === "dropdown" || type === "checkboxes") assert.ok(attributes.options.length > 0);
      }
    }
  });

  it("make the author confirm that the issue contains only test secrets", () => {
    for (const { name, content } of forms) {
      const options = content.body
        .filter(({ type }) => type === "checkboxes")
        .flatMap(({ attributes }) => attributes.options);
      assert.ok(
        options.some(({ label, required }) => required && label.includes("secret")),
        name,
      );
    }
  });

  it("send reports of security problems to the security policy", () => {
    const { contact_links: links } = parse(readText(".github/ISSUE_TEMPLATE/config.yml"));
    assert.ok(links.some(({ url }) => url.endsWith("/security/policy")));
    assert.ok(existsSync(inRoot("SECURITY.md")));
  });
});
