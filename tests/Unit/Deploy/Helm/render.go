// Renders the chart as helm does: Go's own templates, the functions of sprig, and what helm adds and the chart uses. helm itself is in no package of Debian.
// Arguments: the chart's folder, the name of the release, a file with values in JSON that go over those of values.yaml.
// Prints a JSON object: the text of each template by its name.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

func main() {
	rendered, err := render(os.Args[1], os.Args[2], os.Args[3])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(rendered)
}

func render(folder, release, overrides string) (map[string]string, error) {
	values, err := readValues(filepath.Join(folder, "values.yaml"))
	if err != nil {
		return nil, err
	}
	over, err := readValues(overrides)
	if err != nil {
		return nil, err
	}
	chart, err := readValues(filepath.Join(folder, "Chart.yaml"))
	if err != nil {
		return nil, err
	}
	top := map[string]interface{}{
		"Values":  merge(values, over),
		"Chart":   map[string]interface{}{"Name": chart["name"], "Version": chart["version"], "AppVersion": chart["appVersion"]},
		"Release": map[string]interface{}{"Name": release, "Namespace": "videos", "Service": "Helm"},
	}
	others, err := readFiles(folder)
	if err != nil {
		return nil, err
	}
	top["Files"] = others
	files, err := filepath.Glob(filepath.Join(folder, "templates", "*"))
	if err != nil {
		return nil, err
	}
	all := template.New("chart").Option("missingkey=zero")
	all.Funcs(sprig.TxtFuncMap()).Funcs(template.FuncMap{
		"include": func(name string, data interface{}) (string, error) {
			var out bytes.Buffer
			err := all.ExecuteTemplate(&out, name, data)
			return out.String(), err
		},
		"required": func(message string, value interface{}) (interface{}, error) {
			if value == nil || value == "" {
				return nil, fmt.Errorf("%s", message)
			}
			return value, nil
		},
		"toYaml": toYaml,
	})
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if _, err := all.New(filepath.Base(file)).Parse(string(text)); err != nil {
			return nil, err
		}
	}
	rendered := map[string]string{}
	for _, file := range files {
		name := filepath.Base(file)
		if strings.HasPrefix(name, "_") {
			continue
		}
		var out bytes.Buffer
		if err := all.ExecuteTemplate(&out, name, top); err != nil {
			return nil, err
		}
		// helm prints that of a value that is not there as nothing.
		rendered[name] = strings.ReplaceAll(out.String(), "<no value>", "")
	}
	return rendered, nil
}

// Numbers of values are floating ones, as in helm, which reads YAML by way of JSON.
func readValues(file string) (map[string]interface{}, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var parsed interface{}
	if err := yaml.Unmarshal(text, &parsed); err != nil {
		return nil, err
	}
	asJSON, err := json.Marshal(parsed)
	if err != nil {
		return nil, err
	}
	values := map[string]interface{}{}
	return values, json.Unmarshal(asJSON, &values)
}

// Files of the chart that are no templates, by their paths from its folder.
type chartFiles map[string]string

func (files chartFiles) Get(name string) string { return files[name] }

func (files chartFiles) Glob(pattern string) chartFiles {
	found := chartFiles{}
	for name, text := range files {
		if matches, _ := path.Match(pattern, name); matches {
			found[name] = text
		}
	}
	return found
}

func readFiles(folder string) (chartFiles, error) {
	files := chartFiles{}
	err := filepath.WalkDir(folder, func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		inside, err := filepath.Rel(folder, name)
		if err != nil || strings.HasPrefix(inside, "templates"+string(filepath.Separator)) {
			return err
		}
		text, err := os.ReadFile(name)
		files[filepath.ToSlash(inside)] = string(text)
		return err
	})
	return files, err
}

func merge(under, over map[string]interface{}) map[string]interface{} {
	for key, value := range over {
		below, isMap := under[key].(map[string]interface{})
		if above, bothMaps := value.(map[string]interface{}); isMap && bothMaps {
			under[key] = merge(below, above)
		} else {
			under[key] = value
		}
	}
	return under
}

func toYaml(value interface{}) (string, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	err := encoder.Encode(value)
	return strings.TrimSuffix(out.String(), "\n"), err
}
