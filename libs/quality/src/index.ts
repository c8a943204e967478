import { defineContext } from '#platform/runtime';

export const quality = defineContext({
  name: 'quality',
  types: [
    'Measure',
    'MeasureReport',
    'Library',
    'PlanDefinition',
    'ActivityDefinition',
    'Group',
    'GuidanceResponse',
    'EventDefinition',
    'Evidence',
    'EvidenceVariable',
    'EffectEvidenceSynthesis',
    'RiskEvidenceSynthesis',
    'ResearchDefinition',
    'ResearchElementDefinition',
    'ResearchStudy',
    'ResearchSubject',
  ],
});
