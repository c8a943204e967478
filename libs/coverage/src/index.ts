import { defineContext } from '#platform/runtime';

export const coverage = defineContext({
  name: 'coverage',
  types: [
    'Coverage',
    'CoverageEligibilityRequest',
    'CoverageEligibilityResponse',
    'Claim',
    'ClaimResponse',
    'ExplanationOfBenefit',
    'Account',
    'ChargeItem',
    'ChargeItemDefinition',
    'Invoice',
    'InsurancePlan',
    'PaymentNotice',
    'PaymentReconciliation',
    'Contract',
    'EnrollmentRequest',
    'EnrollmentResponse',
  ],
});
