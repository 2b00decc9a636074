//go:build tools

// Package tools names the command that scripts/pulumi.mjs builds, so that go.mod and go.sum list what it needs.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
