import type { Issue } from './fault.ts';
import { isResourceType } from './definitions.ts';
import type { ParsedResource } from './resource-text.ts';
import { checkResource } from './validator.ts';
import { ValidationRun } from './validation-run.ts';

/**
 * What is wrong with a resource, by R4's own definitions; empty: it is valid. Each issue has the place in
 * `expression` (`Patient.name[0].family`) and says what to do; none quotes a value. At most 100 issues.
 */
export function validate(type: string, resource: ParsedResource): Issue[] {
  const run = new ValidationRun(isResourceType(type) ? type : 'Resource');
  if (resource['resourceType'] !== type) {
    run.reportAt('resourceType', 'structure', `This must be the type that the request names.`);
  } else checkResource(resource, run);
  return run.issues;
}
