// SPDX-License-Identifier: Apache-2.0
// Opens BPMN files as a modeller does (bpmn-moddle) and holds them against bpmnlint's recommended rules.
//
//   node bpmn.mjs FILE...      a line for each warning; exit 1 when there is one
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import BpmnModdle from 'bpmn-moddle';

const require = createRequire(import.meta.url);
const { Linter } = require('bpmnlint');
const NodeResolver = require('bpmnlint/lib/resolver/node-resolver');

let found = 0;
function tell(file, what) {
  found++;
  console.log(`${file}: ${what}`);
}

for (const file of process.argv.slice(2)) {
  try {
    const { rootElement, warnings, elementsById } = await new BpmnModdle().fromXML(readFileSync(file, 'utf8'));
    for (const w of warnings) tell(file, w.message);
    const linter = new Linter({ config: { extends: 'bpmnlint:recommended' }, resolver: new NodeResolver() });
    const reports = await linter.lint(rootElement);
    for (const rule of Object.keys(reports))
      for (const r of reports[rule]) tell(file, `${rule}: ${r.id}: ${r.message}`);
    console.log(`${file}: ${Object.keys(elementsById).length} elements`);
  } catch (e) {
    tell(file, e.message);
  }
}
process.exit(found ? 1 : 0);
