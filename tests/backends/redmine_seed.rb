# Run once by `rails runner` on an empty database: tables, Redmine's default data, and what the tests need.
# Leaves the keys and ids in seeded.json beside the database.

ActiveRecord::Base.connection.migration_context.migrate
ActiveRecord::Base.descendants.each(&:reset_column_information)
Setting.clear_cache
Redmine::DefaultData::Loader.load('en')

Setting.rest_api_enabled = '1'
Setting.login_required = '1'
Setting.notified_events = []
Setting.text_formatting = 'textile'
Setting.attachment_max_size = '2048'
Setting.attachment_extensions_denied = 'exe'

read = %i[view_issues view_private_notes]
write = %i[add_issues add_issue_notes set_notes_private]
gateway = Role.create!(name: 'Gateway', issues_visibility: 'all', permissions: read + write + [:edit_own_issues])
more = %i[edit_issues edit_issue_notes copy_issues delete_issues]
agent = Role.create!(name: 'Agent', issues_visibility: 'all', permissions: read + write + more)
limited = Role.create!(name: 'Limited', issues_visibility: 'all', permissions: %i[view_issues add_issues])
manager = Role.find_by!(name: 'Manager')
[gateway, agent, limited].each { |role| role.copy_workflow_rules(manager) }

projects = %w[intake billing].map do |name|
  Project.create!(name: name.capitalize, identifier: name, is_public: false, trackers: Tracker.all,
                  enabled_module_names: %w[issue_tracking])
end

def field(name, format = 'string', **more)
  IssueCustomField.create!(name: name, field_format: format, is_for_all: true, trackers: Tracker.all, **more)
end

fields = {
  key: field('External key', is_filter: true),
  mark: field('Gateway mark', visible: false, roles: [gateway]),
  requester: field('Requester'),
  tags: field('Tags'),
  category: field('Category of the case'),
  loose: field('No filter', is_filter: false)
}

def person(login, name)
  user = User.new(firstname: name, lastname: 'Example', mail: "#{login}@example.test")
  user.login = login
  user.random_password
  user.save!
  user
end

users = {
  gateway: [person('gateway', 'Gate'), gateway],
  agent: [person('agent', 'Bea'), agent],
  limited: [person('limited', 'Lim'), limited]
}
users.each_value { |user, role| projects.each { |at| Member.create!(project: at, principal: user, roles: [role]) } }

File.write("#{ENV.fetch('REDMINE_HOME')}/seeded.json", {
  users: users.transform_values { |user, _| { id: user.id, key: user.api_key } },
  projects: projects.to_h { |project| [project.identifier, project.id] },
  fields: fields.transform_values(&:id)
}.to_json)
