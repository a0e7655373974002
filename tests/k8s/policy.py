"""manifests/injection/admission-policy as the injector of tests/k8s/injection."""

import json

import apiserver
import cases
import pods

FOLDER = apiserver.ROOT / "manifests/injection/admission-policy"
# What the API server must not take for settings: no map of strings, or none that can be read.
REFUSED = ("{}", '{"image": 1}', '{"image": "example.net/refused", "cpu": 1}', '["image"]', '"image"', "",
           '{"image": "example.net/refused"', '{"image": "example.net/refused", "gate": object.metadata.namespace}')


class Policy:
    name, warns = "policy", False

    def __init__(self, cluster):
        self.cluster = cluster
        self.apply()

    def apply(self):
        self.cluster.kubectl("apply", "--validate=strict", "-k", str(FOLDER), check=True)

    def delete(self, *what):
        self.cluster.kubectl("delete", *(what or ("-k", str(FOLDER))), check=True)

    def patch(self, expression, check=False):
        """As docs/install.md says."""
        patch = json.dumps([{"op": "replace", "path": "/spec/variables/0/expression", "value": expression}])
        return self.cluster.kubectl("patch", "mutatingadmissionpolicy", "pgd-agent", "--type=json", "-p", patch, check=check)

    def set(self, settings):
        """JSON is CEL, but for the empty map: that has no type."""
        self.patch(json.dumps(settings or {"image": ""}), check=True)

    def further(self, judge):
        self.refuses(judge)
        self.binding_made_again(judge)
        self.applied_again(judge)
        self.installed_again(judge)

    def refuses(self, judge):
        case, settings = cases.Case("settings refused", pods.operator_pod()), {"image": "example.net/before-the-refused"}
        self.set(settings)
        complaint = judge.until(case, settings, True)
        taken = [expression for expression in REFUSED if self.patch(expression).returncode == 0]
        if taken:
            complaint += f" taken: {', '.join(taken)}"
        complaint = complaint or judge.complaint(case, settings, True)
        judge.show(complaint, f"settings that are no map of strings, {len(REFUSED)} of them: refused, those before stay in force")

    def binding_made_again(self, judge):
        """Settings in a ConfigMap that the policy had for its parameter would not outlive this: kubernetes#130887."""
        case = cases.Case("binding made again", pods.operator_pod())
        before, after = {"image": "example.net/bound"}, {"image": "example.net/bound-again"}
        self.set(before)
        complaint = judge.until(case, before, True)
        self.delete("mutatingadmissionpolicybinding", "pgd-agent")
        judge.show(complaint or judge.until(case, before, False), "without its binding the policy injects nothing")
        self.cluster.kubectl("apply", "--validate=strict", "-f", str(FOLDER / "binding.yaml"), check=True)
        judge.show(judge.until(case, before, True), "with the binding made again it injects by the settings it had")
        self.set(after)
        judge.show(judge.until(case, after, True), "and settings changed after that are in force")

    def applied_again(self, judge):
        case = cases.Case("applied again", pods.operator_pod())
        self.apply()
        judge.show(judge.until(case, {}, False), "the shipped files applied over changed settings: no image, nothing is injected")

    def installed_again(self, judge):
        case = cases.Case("installed again", pods.operator_pod())
        for title, what in {"policy": ("mutatingadmissionpolicy", "pgd-agent"), "policy and binding": ()}.items():
            self.set(cases.IMAGE)
            complaint = judge.until(case, cases.IMAGE, True)
            self.delete(*what)
            complaint = complaint or judge.until(case, {}, False)
            self.apply()
            settings = {"image": f"example.net/after-{len(what)}"}
            self.set(settings)
            complaint = complaint or judge.until(case, settings, True)
            judge.show(complaint, f"{title} deleted: nothing is injected; applied again: new settings are in force")

    def report(self):
        pass

    def close(self):
        pass
