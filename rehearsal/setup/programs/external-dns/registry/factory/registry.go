// Package factory takes the place of external-dns' own package of that name, which brings the client of Amazon DynamoDB.
package factory

import (
	"fmt"

	"sigs.k8s.io/external-dns/pkg/apis/externaldns"
	"sigs.k8s.io/external-dns/provider"
	"sigs.k8s.io/external-dns/registry"
	"sigs.k8s.io/external-dns/registry/txt"
)

// Select gives the registry that keeps owners in TXT records, and no other.
func Select(config *externaldns.Config, provider provider.Provider) (registry.Registry, error) {
	if config.Registry != externaldns.RegistryTXT {
		return nil, fmt.Errorf("unknown registry: %s", config.Registry)
	}
	return txt.New(config, provider)
}
