# SPDX-License-Identifier: GPL-3.0-or-later
# What tests/support/redmine.py asks of a Redmine that is new: its tables, its default data, a private project and
# users, whose API keys are printed as JSON. One process, because each start of Rails takes seconds.
require File.join(Dir.pwd, "config/application")
Rails.application.load_tasks

# The models of the tasks before saw a database without tables.
task :forget do
  ActiveRecord::Base.connection.schema_cache.clear!
  ActiveRecord::Base.descendants.each(&:reset_column_information)
end

def key_of(name, role, project)
  user = User.new(firstname: name, lastname: name, mail: "#{name}@example.org", language: "en")
  user.login = name
  user.password = user.password_confirmation = SecureRandom.hex
  user.save!
  Member.create!(project: project, principal: user, roles: [Role.find_by!(name: role)]) if role
  user.api_key
end

# A manager who may reopen an issue only with the day it is due.
def clerk
  manager = Role.find_by!(name: "Manager")
  role = Role.new(manager.attributes.slice("permissions", "issues_visibility", "assignable").merge("name" => "Clerk"))
  role.save!
  role.copy_workflow_rules(manager)
  Tracker.all.each do |tracker|
    WorkflowPermission.create!(role: role, tracker: tracker, old_status: IssueStatus.sorted.first,
                               field_name: "due_date", rule: "required")
  end
  role.name
end

task watchbill: ["db:migrate", :forget, "redmine:load_default_data"] do
  Setting.rest_api_enabled = "1"
  IssuePriority.first.update!(is_default: true)
  project = Project.create!(name: "Shop", identifier: "shop", is_public: false, trackers: Tracker.all.to_a,
                            enabled_module_names: ["issue_tracking"])
  keys = { "ann" => "Manager", "bot" => "Manager", "dev" => "Developer", "clerk" => clerk, "stranger" => nil }
         .to_h { |name, role| [name, key_of(name, role, project)] }
  puts(keys.to_json)
end
