package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	ciliumio "github.com/cilium/cilium/pkg/k8s/apis/cilium.io"
	"github.com/cilium/cilium/pkg/k8s/apis/cilium.io/client"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
)

// definition is a custom resource definition of Cilium's.
type definition struct {
	apiextensionsv1.CustomResourceDefinition
}

// definitions are all that Cilium's operator registers, in the order of their names.
func definitions(logger *slog.Logger) []definition {
	all := []definition{}
	for _, listed := range client.CustomResourceDefinitionList() {
		found := client.GetPregeneratedCRD(logger, listed.Name)
		// The operator's own label: by it, it tells whether the definition in the cluster is as new as its own.
		found.Labels = map[string]string{ciliumio.CustomResourceDefinitionSchemaVersionKey: ciliumio.CustomResourceDefinitionSchemaVersion}
		all = append(all, definition{found})
	}
	slices.SortFunc(all, func(a, b definition) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// json is the definition as `kubectl` takes it: the status is the API server's own.
func (d definition) json() ([]byte, error) {
	encoded, err := json.Marshal(d.CustomResourceDefinition)
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	if err := json.Unmarshal(encoded, &fields); err != nil {
		return nil, err
	}
	delete(fields, "status")
	return json.MarshalIndent(fields, "", "  ")
}

// check tells what is wrong with an object by the schema of its version, and which fields the schema does not know.
func (d definition) check(object map[string]any) []error {
	_, name, _ := strings.Cut(object["apiVersion"].(string), "/")
	for _, version := range d.Spec.Versions {
		if version.Name != name {
			continue
		}
		var schema apiextensions.CustomResourceValidation
		if err := apiextensionsv1.Convert_v1_CustomResourceValidation_To_apiextensions_CustomResourceValidation(version.Schema, &schema, nil); err != nil {
			return []error{err}
		}
		return checkAgainst(schema.OpenAPIV3Schema, object)
	}
	return []error{fmt.Errorf("%s has no version %q", d.Spec.Names.Kind, name)}
}

func checkAgainst(schema *apiextensions.JSONSchemaProps, object map[string]any) []error {
	validator, _, err := validation.NewSchemaValidator(schema)
	if err != nil {
		return []error{err}
	}
	found := []error{}
	for _, err := range validation.ValidateCustomResource(nil, object, validator) {
		found = append(found, err)
	}
	shape, err := structural.NewStructural(schema)
	if err != nil {
		return append(found, err)
	}
	// Pruning takes the fields away: what is judged afterwards must be whole.
	unknown := pruning.PruneWithOptions(clone(object), shape, true, structural.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	for _, path := range unknown {
		found = append(found, fmt.Errorf("unknown field %q", path))
	}
	return found
}
