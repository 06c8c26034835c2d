// Package factory takes the place of external-dns' own package of that name, which brings the providers of all clouds: half of what is to compile.
package factory

import (
	"context"
	"fmt"

	"sigs.k8s.io/external-dns/endpoint"
	"sigs.k8s.io/external-dns/pkg/apis/externaldns"
	"sigs.k8s.io/external-dns/provider"
	"sigs.k8s.io/external-dns/provider/aws"
)

// Select gives the provider for Amazon Route 53, and no other.
func Select(ctx context.Context, config *externaldns.Config, domains *endpoint.DomainFilter) (provider.Provider, error) {
	if config.Provider != externaldns.ProviderAWS {
		return nil, fmt.Errorf("unknown dns provider: %s", config.Provider)
	}
	made, err := aws.New(ctx, config, domains)
	if err != nil || config.ProviderCacheTime <= 0 {
		return made, err
	}
	return provider.NewCachedProvider(made, config.ProviderCacheTime), nil
}
