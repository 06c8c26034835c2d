package main

import (
	"fmt"
	"log/slog"
	"strings"

	"rehearsal/judge/redirectpolicy"

	v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// parsers are what the agent reads objects with, by kind: a policy that its parser refuses is never enforced.
var parsers = map[string]func(logger *slog.Logger, object map[string]any) error{
	v2.CNPKindDefinition: func(logger *slog.Logger, object map[string]any) error {
		var policy v2.CiliumNetworkPolicy
		return parse(object, &policy, func() error { _, err := policy.Parse(logger, "default"); return err })
	},
	v2.CCNPKindDefinition: func(logger *slog.Logger, object map[string]any) error {
		var policy v2.CiliumClusterwideNetworkPolicy
		return parse(object, &policy, func() error { _, err := policy.Parse(logger, "default"); return err })
	},
	v2.CLRPKindDefinition: func(logger *slog.Logger, object map[string]any) error {
		var policy v2.CiliumLocalRedirectPolicy
		return parse(object, &policy, func() error { return redirectpolicy.Check(logger, &policy) })
	},
}

// judge looks at each object of group cilium.io; all others are passed by.
func judge(logger *slog.Logger, objects []map[string]any) (Report, error) {
	known := map[string]definition{}
	for _, definition := range definitions(logger) {
		known[definition.Spec.Names.Kind] = definition
	}
	report := Report{Judged: map[string]int{}, Findings: []Finding{}}
	for _, object := range objects {
		content := unstructured.Unstructured{Object: object}
		if !strings.HasPrefix(content.GetAPIVersion(), "cilium.io/") {
			continue
		}
		kind := content.GetKind()
		report.Judged[kind]++
		for _, err := range examine(logger, known, kind, object) {
			report.Findings = append(report.Findings, Finding{Kind: kind, Namespace: content.GetNamespace(), Name: content.GetName(), Error: err.Error()})
		}
	}
	return report, nil
}

func examine(logger *slog.Logger, known map[string]definition, kind string, object map[string]any) []error {
	definition, ok := known[kind]
	if !ok {
		return []error{fmt.Errorf("Cilium has no kind %q", kind)}
	}
	found := definition.check(object)
	if parser, ok := parsers[kind]; ok {
		if err := parser(logger, object); err != nil {
			found = append(found, err)
		}
	}
	return found
}

// parse fills a typed object and then parses it, which may change it.
func parse(object map[string]any, typed any, work func() error) error {
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(clone(object), typed); err != nil {
		return err
	}
	return work()
}

func clone(object map[string]any) map[string]any {
	return runtime.DeepCopyJSON(object)
}
