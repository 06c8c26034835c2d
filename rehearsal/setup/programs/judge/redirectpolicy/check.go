// Package redirectpolicy is compiled together with Cilium's own parser, which Cilium's package keeps to itself.
//
// The parser's files come out of Cilium's module when the judge is built: see programs.ts. That whole package
// would bring the agent's load balancer with it, which takes half as long again to compile.
package redirectpolicy

import (
	"log/slog"

	v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
)

// Check parses a policy as the agent does: one that its parser refuses is never enforced.
func Check(logger *slog.Logger, policy *v2.CiliumLocalRedirectPolicy) error {
	_, err := parseLRP(DefaultConfig, logger, policy)
	return err
}
