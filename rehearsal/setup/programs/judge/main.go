// Judge lets Cilium's own code judge Cilium's objects, without a cluster.
//
//	judge crds FOLDER       writes Cilium's custom resource definitions, a file for each
//	judge objects < LIST    judges the objects of group cilium.io in a JSON array of Kubernetes objects
//
// What it finds goes to standard output as JSON. It ends with 1 where an object is not as Cilium wants it, and with 2 where it cannot work.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
)

// Report tells how many objects were judged, by kind, and what is wrong with which.
type Report struct {
	Judged   map[string]int `json:"judged"`
	Findings []Finding      `json:"findings"`
}

// Finding is one thing that is wrong with an object.
type Finding struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	Error     string `json:"error"`
}

var errUsage = errors.New("usage: judge crds FOLDER, or judge objects < LIST")

func main() {
	report, err := run(slog.New(slog.NewTextHandler(os.Stderr, nil)), os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if err := json.NewEncoder(os.Stdout).Encode(report); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if judged, ok := report.(Report); ok && len(judged.Findings) > 0 {
		os.Exit(1)
	}
}

func run(logger *slog.Logger, args []string) (any, error) {
	switch {
	case len(args) == 2 && args[0] == "crds":
		return writeDefinitions(logger, args[1])
	case len(args) == 1 && args[0] == "objects":
		var objects []map[string]any
		if err := json.NewDecoder(os.Stdin).Decode(&objects); err != nil {
			return nil, fmt.Errorf("standard input is not a JSON array of objects: %w", err)
		}
		return judge(logger, objects)
	}
	return nil, errUsage
}

// writeDefinitions writes a file for each definition and gives their names.
func writeDefinitions(logger *slog.Logger, folder string) ([]string, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	names := []string{}
	for _, definition := range definitions(logger) {
		content, err := definition.json()
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(folder, definition.Name+".json"), content, 0o644); err != nil {
			return nil, err
		}
		names = append(names, definition.Name)
	}
	return names, nil
}
